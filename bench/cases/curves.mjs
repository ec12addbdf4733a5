/**
 * Curves of twenty runs of twenty thousand steps: what a step takes in the database and how long the store reads, then the run page in Chromium, without a
 * GPU, with all of them laid over each other, while it is zoomed and moved by wheel and keys: the time from one frame to the next.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { machine } from '../machine.mjs'
import { onPage } from '../served-page.mjs'
import { at, quartiles } from '../statistics.mjs'

const built = (name) => fileURLToPath(new URL(`../../out/main/${name}.cjs`, import.meta.url))
const run = promisify(execFile)
const runCount = 20
const stepCount = 20_000
const frames = 240

export async function* curvesResults({ runs }) {
  const homePath = mkdtempSync(path.join(os.tmpdir(), 'bitw-bench-curves-'))
  try {
    const work = { homePath, runCount, stepCount, runs }
    const { stdout } = await run(process.execPath, [built('bench-curves'), JSON.stringify(work)], {
      maxBuffer: 1e7,
    })
    const figures = JSON.parse(stdout)
    const [rows, read, wire] = [figures.rowsMs, figures.readMs, figures.wireMs].map((list) => quartiles(list))
    const line = (name, { low, median, high }) =>
      `${name.padEnd(44)} ${median.toFixed(2)} ms (${low.toFixed(2)} to ${high.toFixed(2)})`
    yield {
      case: 'curves',
      what: `one run of ${stepCount.toLocaleString('en')} steps in the store`,
      ...figures,
      machine: machine(),
      lines: [
        `a step takes ${figures.rowBytes.toFixed(1)} bytes as a row, ${figures.blockBytes.toFixed(1)} in a block`,
        line('read from rows', rows),
        line('read from blocks', read),
        line(`and to the page and back, ${(figures.wireBytes / 1e3).toFixed(0)} KB`, wire),
      ],
    }
    for (const shown of [figures.ids, figures.ids.slice(0, 1)]) {
      const times = await framesOf(homePath, shown)
      yield {
        case: 'curves',
        what: `${shown.length} runs of ${stepCount.toLocaleString('en')} steps in Chromium without a GPU`,
        frames: times,
        machine: machine(),
        lines: Object.entries(times).map(
          ([name, { times: list, processorMs: cpu }]) =>
            `${name.padEnd(44)} p50 ${at(list, 0.5).toFixed(1)} ms, p95 ${at(list, 0.95).toFixed(1)} ms, longest ${at(list, 1).toFixed(1)} ms a frame; ${cpu.toFixed(1)} ms of processor time`,
        ),
      }
    }
  } finally {
    rmSync(homePath, { recursive: true, force: true })
  }
}

/** Milliseconds from frame to frame, and of processor time a frame of all of Chromium, by what was done meanwhile. */
function framesOf(homePath, ids) {
  return onPage(homePath, async (page, { browser }) => {
    const measured = async (what) => {
      const before = processorMs(browser)
      const times = await page.evaluate(moveFrames, { frames, what })
      return { times, processorMs: (processorMs(browser) - before) / frames }
    }
    const [first, ...others] = ids
    await page.evaluate((hash) => (location.hash = hash), `#/runs/${first}?with=${others.join('.')}`)
    const chart = page.getByRole('slider', { name: /^Loss/ })
    await chart.waitFor()
    if (others.length > 0)
      await page.getByRole('button', { name: `run of seed ${runCount - 1}`, exact: true }).waitFor()
    await chart.focus()
    return {
      'standing still': await measured('nothing'),
      'zooming with the wheel': await measured('wheel'),
      'moving with the wheel': await measured('pan'),
      'the crosshair': await measured('cross'),
    }
  })
}

/** Of a process and all below it, so far; where the system does not say (only Linux does), NaN. */
function processorMs(root) {
  if (process.platform !== 'linux') return Number.NaN
  const found = new Map()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
      // after the name: state, parent, …; user and system time, in hundredths of a second
      found.set(Number(name), {
        parent: Number(fields[1]),
        ms: 10 * (Number(fields[11]) + Number(fields[12])),
      })
    } catch {
      continue // ended meanwhile
    }
  }
  const isBelow = (id) => id === root || (found.has(id) && isBelow(found.get(id).parent))
  return [...found].reduce((sum, [id, { ms }]) => sum + (isBelow(id) ? ms : 0), 0)
}

/** In the page: one event a frame, as a hand gives them. */
async function moveFrames({ frames: count, what }) {
  const plot = document.activeElement
  const { left, top, width, height } = plot.getBoundingClientRect()
  const place = (share) => ({
    clientX: left + share * width,
    clientY: top + height / 2,
    bubbles: true,
    cancelable: true,
  })
  const times = []
  let before = await new Promise((resolve) => requestAnimationFrame(resolve))
  for (let frame = 0; frame < count; frame++) {
    const wave = Math.sin((frame / count) * 6 * Math.PI)
    if (what === 'wheel')
      plot.dispatchEvent(new WheelEvent('wheel', { ...place(0.4), deltaY: -60 * wave, ctrlKey: true }))
    if (what === 'pan') {
      if (frame === 0)
        plot.dispatchEvent(new WheelEvent('wheel', { ...place(0.4), deltaY: -600, ctrlKey: true }))
      plot.dispatchEvent(new WheelEvent('wheel', { ...place(0.4), deltaX: 40 * wave }))
    }
    if (what === 'cross') plot.dispatchEvent(new PointerEvent('pointermove', place(0.5 + 0.4 * wave)))
    const now = await new Promise((resolve) => requestAnimationFrame(resolve))
    times.push(now - before)
    before = now
  }
  return times
}
