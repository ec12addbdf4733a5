'use strict'
const crypto = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
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
const common = ['-c', '-fPIC', '-std=c++17']

/**
 * Compiles src/native against the provisioned TensorFlow: recorded graphs and our own kernels. Kept beside the libraries under the hash of
 * what it is made of. Resolves to the path of the addon.
 */
async function provideGraphAddon(root, engineFolder, log) {
  const sources = path.join(root, 'src', 'native')
  const nodeHeaders = path.join(root, 'node_modules', 'node-api-headers', 'include')
  const library = path.join(engineFolder, 'tensorflow')
  const built = path.join(engineFolder, `bitw_graph-${hashOf([sources, nodeHeaders], library)}.node`)
  if (fs.existsSync(built)) return built
  log.line('Engine: compiling the kernels and recorded graphs (g++, about 20 s)')
  const include = [`-I${nodeHeaders}`, `-I${path.join(library, 'include')}`, '-DNAPI_VERSION=8']
  await inWorkFolder(engineFolder, async (work) => {
    const objects = []
    const compile = async (source, name, options) => {
      const object = path.join(work, `${name}.o`)
      await gcc([...common, ...options, path.join(sources, source), '-o', object])
      objects.push(object)
    }
    for (const [name, ...options] of instructionSets[process.arch] ?? [['base']]) {
      // no -ffast-math: what is not a number must reach the loss
      const numeric = ['-O3', '-fno-math-errno', '-fno-trapping-math', `-DBITW_ISA=${name}`]
      for (const part of ['math', 'convolve', 'winograd', 'resize'])
        await compile(`${part}.cc`, `${part}-${name}`, [...numeric, ...options])
    }
    const ops = ['ops', 'norm_ops', 'weight_ops', 'convolution_ops']
    for (const name of ['best_math', 'threads', ...ops, 'picture', 'jpeg', 'graph'])
      await compile(`${name}.cc`, name, ['-O2', ...include])
    const libraries = ['-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2', '-lpthread']
    const linked = path.join(work, 'addon.node')
    await gcc(['-shared', ...objects, `-L${library}`, ...libraries, `-Wl,-rpath,${library}`, '-o', linked])
    fs.renameSync(linked, built)
  })
  return built
}

async function gcc(parameters) {
  const { status, output, missing } = await runCommand('g++', parameters)
  if (status === 0) return
  throw new SetupError(
    missing ? 'g++ is not there.' : `g++ could not compile the kernels:\n    ${lastLines(output, 6)}`,
    'Install g++ 11 or newer (Debian: apt-get install g++), then run "npm run setup" again.',
  )
}

function hashOf(folders, library) {
  const hash = crypto.createHash('sha256').update(library).update(JSON.stringify(instructionSets))
  for (const folder of folders) {
    for (const name of fs.readdirSync(folder).sort())
      hash.update(name).update(fs.readFileSync(path.join(folder, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

module.exports = { provideGraphAddon }
