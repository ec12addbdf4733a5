'use strict'
const crypto = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const { bindingStem, provideBinding } = require('./binding.cjs')
const { engineFolders } = require('./compiled.cjs')
const { inspectEngineFolder, missingWords, systemCudaFolders } = require('./engine-folder.cjs')
const { addonStem, provideGraphAddon } = require('./graph-addon.cjs')
const { SetupError } = require('./log.cjs')
const { lastLines, runCommand } = require('./run-command.cjs')

/**
 * The folder that TensorFlow is to be taken from, or null: the one that BITW_TENSORFLOW names (`isAsked`), else the one that an earlier set-up took it from, as
 * long as it is there. The variable set and empty forgets it.
 */
function namedFolder(before, cachePath, log, environment = process.env) {
  const named = environment.BITW_TENSORFLOW
  if (named !== undefined) return named === '' ? null : { folder: path.resolve(named), isAsked: true }
  if (typeof before?.tensorflow !== 'string') return null
  const kept = path.resolve(cachePath, before.tensorflow)
  if (fs.existsSync(kept)) return { folder: kept, isAsked: false }
  log.line(`Engine: ${kept}, from which TensorFlow was taken, is no longer there.`)
  return null
}

/**
 * Native TensorFlow from a folder of the user's: nothing is fetched, and the folder is only read. Resolves to the record for engine.json.
 * Throws a SetupError that names every file that is missing and where it was looked for.
 */
async function provideNamedEngine({ root, cachePath, pins, log, facts, before, folder }) {
  const { version: pinned, leastDriver } = pins.tensorflow
  if (facts.platform !== 'linux' || facts.glibc === null) {
    throw new SetupError(
      `TensorFlow is to be taken from ${folder} (BITW_TENSORFLOW), and it works on Linux with glibc only.`,
      'Set BITW_TENSORFLOW to nothing; the WebAssembly engine works everywhere.',
    )
  }
  const driverMajor = facts.gpu === null ? 0 : Number.parseInt(facts.gpu.driver, 10)
  const withCuda = facts.gpu !== null && driverMajor >= leastDriver
  const found = inspectEngineFolder(folder, {
    moreHeaders: engineFolders(cachePath).map((place) => path.join(place, 'tensorflow', 'include')),
    withCuda,
    systemFolders: systemCudaFolders(),
  })
  if (found.missing.length > 0) {
    throw new SetupError(
      `${folder}, from which TensorFlow is to be taken (BITW_TENSORFLOW), lacks ${missingWords(found.missing)}.`,
      `Name a folder that holds both libraries of TensorFlow ${pinned}: of a pip wheel the folder "tensorflow", or the site-packages around it.`,
    )
  }

  const hash = crypto.createHash('sha256').update(folder).digest('hex').slice(0, 8)
  const engine = {
    folder: path.join(cachePath, `tensorflow-named-${hash}`),
    include: found.include,
    cachePath,
  }
  linkLibraries(engine.folder, found.libraries)
  const [binding, graphAddon] = await Promise.all([
    provideBinding(root, engine, log),
    provideGraphAddon(root, engine, log),
  ])
  if (binding === null || graphAddon === null) {
    throw new SetupError(
      `TensorFlow's headers are missing, and nothing that was compiled with them is in ${cachePath}: ${missingWords(found.missingHeaders)}; and ${bindingStem(root)}*.node and ${addonStem(root)}*.node.`,
      'Put the folder "include" of the pip wheel beside the libraries, or carry a cache here whose set-up was made with this version of the workbench.',
    )
  }
  const plan = path.basename(engine.folder)
  const isNew = before?.plan !== plan || before.graphAddon !== path.relative(cachePath, graphAddon)
  const version = isNew ? await loadedVersion(binding, graphAddon, found.cudaFolders, folder) : before.version
  const note = noteOf(folder, found, { withCuda, facts, version, pinned, leastDriver })
  if (isNew || before.note !== note) log.line(`Engine: native TensorFlow ${version} is ready. ${note}`)
  const useCuda = withCuda && found.missingCuda.length === 0
  return {
    kind: useCuda ? 'tensorflow-gpu' : 'tensorflow-cpu',
    version,
    libraryFolders: useCuda ? found.cudaFolders : [],
    cudaDataFolder: useCuda ? found.cudaDataFolder : null,
    note,
    graphAddon,
    plan,
    tensorflow: folder,
    failed: null,
  }
}

/** The libraries under the names, and in the place, that what is compiled looks for them. */
function linkLibraries(engineFolder, libraries) {
  const place = path.join(engineFolder, 'tensorflow')
  fs.mkdirSync(place, { recursive: true })
  for (const [name, target] of Object.entries(libraries)) {
    const link = path.join(place, name)
    if (fs.lstatSync(link, { throwIfNoEntry: false }) && fs.readlinkSync(link) === target) continue
    fs.rmSync(link, { force: true })
    fs.symlinkSync(target, link)
  }
}

const loadProgram = `
const [binding, addon] = process.argv.slice(1)
process.dlopen({ exports: {} }, addon)
process.stdout.write('version ' + require(binding).TF_Version)
`

/** Loads both in a process of its own, as a trainer will, and asks which version it is. The loader names what it misses. */
async function loadedVersion(binding, graphAddon, cudaFolders, folder) {
  const { status, output } = await runCommand(process.execPath, ['-e', loadProgram, binding, graphAddon], {
    env: {
      ...process.env,
      TF_CPP_MIN_LOG_LEVEL: '2',
      NODE_OPTIONS: '',
      LD_LIBRARY_PATH: [...cudaFolders, process.env.LD_LIBRARY_PATH ?? '']
        .filter(Boolean)
        .join(path.delimiter),
    },
  })
  const version = /version (\S+)$/.exec(output)?.[1]
  if (status === 0 && version !== undefined) return version
  const reason = /Error: (.*)/.exec(output)?.[1] ?? lastLines(output, 2)
  throw new SetupError(
    `The libraries in ${folder} cannot be loaded: ${reason}`,
    'Put the file that it names beside them, or take libraries that are made for this system.',
  )
}

function noteOf(folder, found, { withCuda, facts, version, pinned, leastDriver }) {
  const parts = [`It is taken from ${folder}.`]
  if (version !== pinned) parts.push(`The workbench is tried with TensorFlow ${pinned}.`)
  if (facts.gpu !== null && !withCuda)
    parts.push(
      `The ${facts.gpu.name} has driver ${facts.gpu.driver}, and CUDA 12 needs ${leastDriver} or newer.`,
    )
  if (found.missingCuda.length > 0)
    parts.push(`It runs on the CPU: the ${facts.gpu.name} needs ${missingWords(found.missingCuda)}.`)
  else if (found.missingBesides.length > 0)
    parts.push(`Not there, and needed for some operations only: ${missingWords(found.missingBesides)}.`)
  if (withCuda && found.missingCuda.length === 0 && found.cudaDataFolder === null)
    parts.push('XLA is without libdevice.10.bc, which lies in nvidia/cuda_nvcc/nvvm/libdevice of its wheel.')
  return parts.join(' ')
}

module.exports = { namedFolder, provideNamedEngine }
