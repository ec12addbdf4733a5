'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { hashSources, noCompiler, provideCompiled } = require('./compiled.cjs')
const { SetupError } = require('./log.cjs')
const { lastLines, runCommand } = require('./run-command.cjs')

const stem = 'tfjs_binding'
const packagePath = ['node_modules', '@tensorflow', 'tfjs-node-gpu']

/**
 * Compiles the package's own N-API binding against the provisioned TensorFlow (the sources are unchanged; the package's ready-made
 * binary wants TensorFlow 2.9 and CUDA 11), and links it to where the package looks. Resolves to its path, or null where it is not compiled and there are no
 * headers to compile it with.
 */
async function provideBinding(root, engine, log) {
  const { sources, nodeHeaders } = bindingSources(root)
  const built = await provideCompiled(stem, bindingHash(root), engine, async (target) => {
    log.line('Engine: compiling the binding between Node and TensorFlow (g++, about 20 s)')
    await compile(sources, nodeHeaders, engine, target)
  })
  if (built !== null) linkBinding(root, built, engine.cachePath)
  return built
}

/** What the compiled file's name begins with. */
function bindingStem(root) {
  return `${stem}-${bindingHash(root)}-`
}

function bindingSources(root) {
  return {
    sources: path.join(root, ...packagePath, 'binding'),
    nodeHeaders: path.join(root, 'node_modules', 'node-api-headers', 'include'),
  }
}

function bindingHash(root) {
  const { sources, nodeHeaders } = bindingSources(root)
  return hashSources([sources, nodeHeaders])
}

/** Where the package looks for its binding. */
function bindingPlace(root) {
  return path.join(root, ...packagePath, 'lib', 'napi-v8', 'tfjs_binding.node')
}

/**
 * A link and not a copy: Node loads it from where it leads, and there its libraries lie beside it. Relative where the cache is inside the repository, so that
 * both can be moved together.
 */
function linkBinding(root, built, cachePath) {
  const place = bindingPlace(root)
  const inside = !path.relative(root, cachePath).startsWith('..')
  const target = inside ? path.relative(path.dirname(place), built) : built
  if (fs.lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() && fs.readlinkSync(place) === target)
    return
  fs.mkdirSync(path.dirname(place), { recursive: true })
  const beside = `${place}.${process.pid}.tmp`
  fs.rmSync(beside, { force: true })
  fs.symlinkSync(target, beside)
  fs.renameSync(beside, place)
}

async function compile(sources, nodeHeaders, { folder, include }, built) {
  const beside = `${built}.${process.pid}.tmp`
  const { status, output, missing } = await runCommand('g++', [
    '-O2',
    '-shared',
    '-fPIC',
    '-std=c++17',
    '-DNAPI_VERSION=8',
    `-I${nodeHeaders}`,
    `-I${include}`,
    path.join(sources, 'tfjs_backend.cc'),
    path.join(sources, 'tfjs_binding.cc'),
    `-L${path.join(folder, 'tensorflow')}`,
    '-l:libtensorflow_cc.so.2',
    '-l:libtensorflow_framework.so.2',
    '-Wl,-rpath,$ORIGIN/tensorflow',
    '-o',
    beside,
  ])
  if (status !== 0) {
    fs.rmSync(beside, { force: true })
    if (missing) throw noCompiler()
    throw new SetupError(
      `g++ could not compile the binding:\n    ${lastLines(output, 6)}`,
      'The compiler must know C++17 (g++ 9 or newer). Update it, then run "npm run setup" again.',
    )
  }
  fs.renameSync(beside, built)
}

module.exports = { bindingPlace, bindingStem, linkBinding, provideBinding }
