'use strict'
const path = require('node:path')
const { enginePlan } = require('./engine-plan.cjs')
const { isComplete, provideLibraries } = require('./engine-libraries.cjs')
const { namedFolder, provideNamedEngine } = require('./engine-named.cjs')
const { provideBinding } = require('./binding.cjs')
const { provideGraphAddon } = require('./graph-addon.cjs')
const { readJson, writeJson } = require('./files.cjs')
const { SetupError } = require('./log.cjs')
const { machineFacts } = require('./machine.cjs')

/** After a failed download, set-ups that only come before another command do not try again for this long. */
const retryMs = 24 * 3600 * 1000

/**
 * Provisions native TensorFlow where this machine can have it, and records in `engine.json` what there is, for the trainer. From the folder that
 * BITW_TENSORFLOW names (remembered until the variable is set and empty), else from the package index. A machine that cannot have it is told so and goes on
 * with WebAssembly; a folder that is named and cannot be used ends the set-up.
 *
 * @param options.retry try again what failed lately; options.forGpu for a machine with a graphics card, to which this is carried
 */
async function provideEngine(root, cachePath, pins, log, { retry = false, forGpu = false } = {}) {
  const recordPath = path.join(cachePath, 'engine.json')
  const before = readJson(recordPath)
  const keep = (record) => {
    const next = inCache(record, cachePath)
    if (JSON.stringify(before) !== JSON.stringify(next)) writeJson(recordPath, next)
    return next
  }
  // Asked for one command: what is provisioned stays as it is.
  if (process.env.BITW_ENGINE === 'wasm' && before !== null) return before
  const facts = machineFacts(process.env, forGpu)
  const named = facts.asked === 'wasm' ? null : namedFolder(before, cachePath, log)
  if (named !== null) {
    try {
      return keep(
        await provideNamedEngine({ root, cachePath, pins, log, facts, before, folder: named.folder }),
      )
    } catch (error) {
      if (!(error instanceof SetupError) || named.isAsked) throw error
      log.line(`Engine: ${error.message}`)
    }
  }

  const plan = enginePlan(facts, pins)
  if (plan.kind === 'none') {
    if (before?.note !== plan.note) log.line(`Engine: WebAssembly. ${plan.note}`)
    return keep(noEngine(plan.folder, plan.note, null))
  }
  const lately = before?.failed?.plan === plan.folder && Date.now() - before.failed.atMs < retryMs
  let failed = lately && !retry ? before.failed : null
  for (const attempt of plansToTry(plan, siblingPlan(facts, pins), cachePath, failed !== null)) {
    try {
      const libraries = await provideLibraries(root, cachePath, attempt, log)
      // at once: g++ uses one core
      const [, graphAddon] = await Promise.all([
        provideBinding(root, libraries, log),
        provideGraphAddon(root, libraries, log),
      ])
      if (before?.kind !== attempt.kind || before.plan !== attempt.folder)
        log.line(`Engine: native TensorFlow ${attempt.version} is ready. ${attempt.note}`.trim())
      return keep(engineRecord(cachePath, attempt, graphAddon, failed))
    } catch (error) {
      if (!(error instanceof SetupError)) throw error
      log.line(`Engine: native TensorFlow cannot be had. ${error.message}`)
      log.line(`  What to do: ${error.wayOut}`)
      failed = { plan: plan.folder, atMs: Date.now(), words: `${error.message} ${error.wayOut}` }
    }
  }
  if (before !== null && failed === before.failed) return before
  log.line('  Going on with the WebAssembly engine, which works everywhere and is several times slower.')
  return keep(noEngine(plan.folder, failed?.words ?? '', failed))
}

/**
 * A cache that was carried here may hold the other build: it serves where the right one cannot be fetched, and the GPU build serves without a card without
 * anything being fetched.
 */
function plansToTry(plan, sibling, cachePath, failedLately) {
  if (isComplete(cachePath, plan)) return [plan]
  const standIn = sibling !== null && isComplete(cachePath, sibling) ? [sibling] : []
  if (standIn.length > 0 && (plan.kind === 'tensorflow-cpu' || failedLately)) return standIn
  return failedLately ? [] : [plan, ...standIn]
}

/** The other build for this kind of machine, or null where there is only one. */
function siblingPlan(facts, pins) {
  const gpu = enginePlan({ ...facts, gpu: { name: 'a graphics card', driver: '999' } }, pins)
  const cpu = enginePlan({ ...facts, gpu: null }, pins)
  if (gpu.kind !== 'tensorflow-gpu') return null
  const wanted = enginePlan(facts, pins)
  return wanted.kind === 'tensorflow-gpu'
    ? {
        ...cpu,
        note: 'The build for the graphics card could not be fetched, so it is the CPU build, which was here.',
      }
    : { ...gpu, note: 'The build for graphics cards was here; without one it runs on the CPU.' }
}

function engineRecord(cachePath, plan, graphAddon, failed) {
  const inside = (folder) => path.join(cachePath, plan.folder, folder)
  return {
    kind: plan.kind,
    version: plan.version,
    libraryFolders: plan.libraryFolders.map(inside),
    cudaDataFolder: plan.cudaDataFolder === null ? null : inside(plan.cudaDataFolder),
    note: plan.note,
    graphAddon,
    plan: plan.folder,
    tensorflow: null,
    failed,
  }
}

function noEngine(plan, note, failed) {
  return {
    kind: 'none',
    version: '',
    libraryFolders: [],
    cudaDataFolder: null,
    note,
    graphAddon: null,
    plan,
    tensorflow: null,
    failed,
  }
}

/** Paths inside the cache relative to it: the cache can then be moved. Those outside stay as they are. */
function inCache(record, cachePath) {
  const relative = (place) => {
    if (place === null) return null
    const inner = path.relative(cachePath, place)
    return inner.startsWith('..') ? place : inner
  }
  return {
    ...record,
    libraryFolders: record.libraryFolders.map(relative),
    cudaDataFolder: relative(record.cudaDataFolder),
    graphAddon: relative(record.graphAddon),
    tensorflow: relative(record.tensorflow),
  }
}

module.exports = { plansToTry, provideEngine }
