'use strict'
const crypto = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const { hashFile } = require('./files.cjs')
const { SetupError } = require('./log.cjs')
const { lastLines, runCommand } = require('./run-command.cjs')

/**
 * Compiles the package's own N-API binding against the provisioned TensorFlow (the sources are unchanged; the package's ready-made
 * binary wants TensorFlow 2.9 and CUDA 11), and puts it where the package looks. Kept in the cache by the hash of what it is made of.
 */
async function provideBinding(root, engineFolder, log) {
  const packageFolder = path.join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu')
  const sources = path.join(packageFolder, 'binding')
  const nodeHeaders = path.join(root, 'node_modules', 'node-api-headers', 'include')
  const library = path.join(engineFolder, 'tensorflow')
  const built = path.join(engineFolder, `tfjs_binding-${bindingHash([sources, nodeHeaders], library)}.node`)
  if (!fs.existsSync(built)) {
    log.line('Engine: compiling the binding between Node and TensorFlow (g++, about 20 s)')
    await compile(sources, nodeHeaders, library, built)
  }
  const target = path.join(packageFolder, 'lib', 'napi-v8', 'tfjs_binding.node')
  if (fs.existsSync(target) && hashFile(target) === hashFile(built)) return
  fs.mkdirSync(path.dirname(target), { recursive: true })
  const beside = `${target}.${process.pid}.tmp`
  fs.copyFileSync(built, beside)
  fs.renameSync(beside, target)
}

function bindingHash(folders, library) {
  const hash = crypto.createHash('sha256').update(library)
  for (const folder of folders) {
    for (const name of fs.readdirSync(folder).sort())
      hash.update(name).update(fs.readFileSync(path.join(folder, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

async function compile(sources, nodeHeaders, library, built) {
  const beside = `${built}.${process.pid}.tmp`
  const { status, output, missing } = await runCommand('g++', [
    '-O2',
    '-shared',
    '-fPIC',
    '-std=c++17',
    '-DNAPI_VERSION=8',
    `-I${nodeHeaders}`,
    `-I${path.join(library, 'include')}`,
    path.join(sources, 'tfjs_backend.cc'),
    path.join(sources, 'tfjs_binding.cc'),
    `-L${library}`,
    '-l:libtensorflow_cc.so.2',
    '-l:libtensorflow_framework.so.2',
    `-Wl,-rpath,${library}`,
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

/** Throws where there is no C++ compiler: said before the large download, not after it. */
async function needCompiler() {
  const { missing } = await runCommand('g++', ['--version'])
  if (missing) throw noCompiler()
}

function noCompiler() {
  return new SetupError(
    'g++ is not there: the command "g++" was not found.',
    'Install a C++ compiler (Debian: apt-get install g++), then run "npm run setup" again.',
  )
}

module.exports = { needCompiler, provideBinding }
