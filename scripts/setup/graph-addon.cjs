'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { hashSources, noCompiler, provideCompiled } = require('./compiled.cjs')
const { inWorkFolder } = require('./files.cjs')
const { SetupError } = require('./log.cjs')
const { lastLines, runCommand } = require('./run-command.cjs')

/** Our kernels' arithmetic is compiled once for each of these; the best that the processor has is chosen when it runs. */
const instructionSets = {
  x64: [
    ['v4', '-march=x86-64-v4', '-mprefer-vector-width=512'],
    ['v3', '-march=x86-64-v3'],
    ['v2', '-march=x86-64-v2'],
  ],
  arm64: [['base']],
}
const common = ['-c', '-fPIC', '-std=c++17', '-Wall', '-Wextra']
/** Per kind: enough optimization that the tests end, and frames that a report can name. */
const sanitized = ['-O1', '-g', '-fno-omit-frame-pointer']

const stem = 'bitw_graph'

/**
 * Compiles src/native against the provisioned TensorFlow: recorded graphs and our own kernels. Kept beside the libraries under the hash of
 * what it is made of. Resolves to the path of the addon, or null where it is not compiled and there are no headers to compile it with.
 */
function provideGraphAddon(root, engine, log) {
  return provideCompiled(stem, addonHash(root), engine, async (target) => {
    log.line('Engine: compiling the kernels and recorded graphs (g++, about 20 s)')
    await compileAddon(root, engine, target, null)
  })
}

/** The same with one of g++'s sanitizers (address, undefined, thread) in it, beside the ordinary one. */
function provideSanitizedAddon(root, engine, log, sanitizer) {
  return provideCompiled(`${stem}_${sanitizer}`, addonHash(root), engine, async (target) => {
    log.line(`Engine: compiling the kernels with the ${sanitizer} sanitizer (g++, about 40 s)`)
    await compileAddon(root, engine, target, sanitizer)
  })
}

/** What the compiled file's name begins with. */
function addonStem(root) {
  return `${stem}-${addonHash(root)}-`
}

function nativeSources(root) {
  return {
    sources: path.join(root, 'src', 'native'),
    nodeHeaders: path.join(root, 'node_modules', 'node-api-headers', 'include'),
  }
}

function addonHash(root) {
  const { sources, nodeHeaders } = nativeSources(root)
  return hashSources([sources, nodeHeaders], instructionSets, common, sanitized)
}

async function compileAddon(root, engine, built, sanitizer) {
  const { sources, nodeHeaders } = nativeSources(root)
  const library = path.join(engine.folder, 'tensorflow')
  // as the system's: what the compiler thinks of others' headers is not said
  const include = ['-isystem', nodeHeaders, '-isystem', engine.include, '-DNAPI_VERSION=8']
  const checks = sanitizer === null ? [] : [`-fsanitize=${sanitizer}`]
  // In a checkout only: whoever was given a copy may have a compiler that warns of more.
  const warnings = sanitizer === null && fs.existsSync(path.join(root, '.git')) ? ['-Werror'] : []
  await inWorkFolder(engine.folder, async (work) => {
    const objects = []
    const compile = async (source, name, options) => {
      const object = path.join(work, `${name}.o`)
      const optimization = sanitizer === null ? [] : [...sanitized, ...checks]
      await gcc([
        ...common,
        ...warnings,
        ...options,
        ...optimization,
        path.join(sources, source),
        '-o',
        object,
      ])
      objects.push(object)
    }
    for (const [name, ...options] of instructionSets[process.arch] ?? [['base']]) {
      // no -ffast-math: what is not a number must reach the loss
      const numeric = ['-O3', '-fno-math-errno', '-fno-trapping-math', `-DBITW_ISA=${name}`]
      for (const part of ['math', 'convolve', 'winograd', 'resize'])
        await compile(`${part}.cc`, `${part}-${name}`, [...numeric, ...options])
    }
    const ops = ['ops', 'norm_ops', 'weight_ops', 'convolution_ops']
    for (const name of ['best_math', 'threads', ...ops, 'image', 'jpeg', 'graph'])
      await compile(`${name}.cc`, name, ['-O2', ...include])
    const libraries = ['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2', '-lpthread']
    const linked = path.join(work, 'addon.node')
    const place = [`-L${library}`, ...libraries, '-Wl,-rpath,$ORIGIN/tensorflow']
    await gcc(['-shared', ...checks, ...objects, ...place, '-o', linked])
    fs.renameSync(linked, built)
  })
}

async function gcc(parameters) {
  const { status, output, missing } = await runCommand('g++', parameters)
  if (status === 0) return
  if (missing) throw noCompiler()
  throw new SetupError(
    `g++ could not compile the kernels:\n    ${lastLines(output, 6)}`,
    /-Werror/.test(output)
      ? 'Change the code that it warns about; in a checkout, a warning is an error (CONTRIBUTING.md, "Native code").'
      : 'Install g++ 11 or newer (Debian: apt-get install g++), then run "npm run setup" again.',
  )
}

module.exports = { addonStem, provideGraphAddon, provideSanitizedAddon }
