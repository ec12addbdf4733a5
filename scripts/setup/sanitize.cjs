'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { engineFolders } = require('./compiled.cjs')
const { inspectEngineFolder } = require('./engine-folder.cjs')
const { inWorkFolder, readJson, writeJson } = require('./files.cjs')
const { provideSanitizedAddon } = require('./graph-addon.cjs')
const { SetupError } = require('./log.cjs')
const { runCommand } = require('./run-command.cjs')

/**
 * By kind: the runtime library, which must be in the process before all others (the loader's LD_PRELOAD) but for `undefined`, and what it is told. Node's own leaks are not
 * ours. TensorFlow is compiled without the thread sanitizer, which sees no lock of it.
 */
const sanitizers = {
  address: {
    preload: 'libasan.so',
    variable: 'ASAN_OPTIONS',
    options: 'detect_leaks=0:detect_stack_use_after_return=1',
  },
  undefined: { preload: null, variable: 'UBSAN_OPTIONS', options: 'print_stacktrace=1' },
  thread: { preload: 'libtsan.so', variable: 'TSAN_OPTIONS', options: 'ignore_noninstrumented_modules=1' },
}
const tests = 'test/trainer/engines/tensorflow'

/**
 * Compiles the addon with a sanitizer and runs the kernels' tests on it. What is set up otherwise stays as it is. Resolves to 0 where the tests pass and
 * the sanitizer has found nothing, else to 1; what it found is logged.
 */
async function runSanitized(kind, { root, cachePath, nodePath, environment }, log) {
  const record = readJson(path.join(cachePath, 'engine.json'))
  if (record === null || record.kind === 'none') {
    throw new SetupError(
      `There is no native TensorFlow here, so the kernels cannot run. ${record?.note ?? ''}`.trim(),
      'Run this on a machine that "npm run setup" gives native TensorFlow to.',
    )
  }
  const addon = await provideSanitizedAddon(root, engineOf(record, cachePath), log, kind)
  if (addon === null) {
    throw new SetupError(
      'The kernels cannot be compiled with a sanitizer: the headers of TensorFlow are not there.',
      'Put the folder "include" of the pip wheel beside the libraries, then run this again.',
    )
  }
  const { preload, variable, options } = sanitizers[kind]
  const libraries = preload === null ? [] : await Promise.all([preload, 'libstdc++.so.6'].map(libraryPath))
  return await inWorkFolder(cachePath, async (work) => {
    writeJson(path.join(work, 'engine.json'), {
      ...record,
      libraryFolders: record.libraryFolders.map((folder) => path.resolve(cachePath, folder)),
      graphAddon: addon,
    })
    const report = path.join(work, 'found')
    log.line(`Sanitizer: running ${tests} with the ${kind} sanitizer (minutes)`)
    const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const words = ['run', tests, '--no-file-parallelism', '--testTimeout=900000', '--hookTimeout=900000']
    const { status } = await runCommand(nodePath, [vitest, ...words], {
      cwd: root,
      passTo: log.fd,
      env: {
        ...environment,
        BITW_CACHE: work,
        BITW_SANITIZER: kind,
        TF_ENABLE_ONEDNN_OPTS: '1',
        TF_CPP_MIN_LOG_LEVEL: '2',
        NODE_OPTIONS: '--disable-warning=DEP0051',
        [variable]: `${options}:log_path=${report}`,
        ...(libraries.length > 0 && { LD_PRELOAD: libraries.join(':') }),
      },
    })
    const found = fs.readdirSync(work).filter((name) => name.startsWith('found'))
    for (const name of found) log.line(fs.readFileSync(path.join(work, name), 'utf8').trimEnd())
    log.line(
      `Sanitizer: ${kind} found ${found.length === 0 ? 'nothing' : `something in ${found.length} processes`}; the tests ${status === 0 ? 'passed' : 'failed'}.`,
    )
    return status === 0 && found.length === 0 ? 0 : 1
  })
}

function engineOf(record, cachePath) {
  const folder = path.join(cachePath, record.plan)
  const { include } = inspectEngineFolder(
    record.tensorflow === null ? folder : path.resolve(cachePath, record.tensorflow),
    { moreHeaders: engineFolders(cachePath).map((place) => path.join(place, 'tensorflow', 'include')) },
  )
  return { folder, include, cachePath }
}

/** Where the compiler has it. libstdc++ comes along: Node has its own inside, so the runtime would look for the function that throws in vain. */
async function libraryPath(name) {
  const { status, output } = await runCommand('g++', [`-print-file-name=${name}`])
  const found = output.trim()
  if (status === 0 && path.isAbsolute(found)) return fs.realpathSync(found)
  throw new SetupError(
    `The compiler has no ${name}.`,
    'Install the sanitizers of your g++ (Debian: they come with apt-get install g++), then run this again.',
  )
}

module.exports = { runSanitized, sanitizers }
