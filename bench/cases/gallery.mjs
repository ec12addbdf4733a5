/**
 * Images and predictions as the screens and commands ask for them, on generated datasets of a thousand classes: how long the core takes to open one from
 * nothing in memory, until its columns are at the other side of the port; and how long a query takes once it is open, each text for the first time.
 * Then the screens in Chromium: see gallery-page.mjs.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { machine } from '../machine.mjs'
import { timesText } from '../print.mjs'
import { onPage } from '../served-page.mjs'
import { at, quartiles } from '../statistics.mjs'
import { lookAt } from './gallery-page.mjs'

const program = fileURLToPath(new URL('../../out/main/bench-gallery.cjs', import.meta.url))
const run = promisify(execFile)
const sizes = [10_000, 100_000, 1_000_000]
/** Where the list is jumped to, as shares of its length. */
const shares = [0.5, 0.4, 0.6, 0.3, 0.7]

export async function* galleryResults({ runs, only }) {
  for (const imageCount of sizes) {
    if (only !== undefined && only !== String(imageCount)) continue
    const homePath = mkdtempSync(path.join(os.tmpdir(), 'bitw-bench-gallery-'))
    try {
      const { stdout } = await run(
        process.execPath,
        [program, JSON.stringify({ homePath, imageCount, runs, shares })],
        {
          maxBuffer: 1e7,
        },
      )
      const { opens, answers, memoryBytes } = JSON.parse(stdout)
      const lists = [
        ...Object.entries(opens).map(([name, { times }]) => [name, times]),
        ...Object.entries(answers),
      ]
      const longestBlockMs = Math.max(...Object.values(opens).map((open) => open.longestBlockMs))
      yield {
        case: 'gallery',
        what: `${imageCount.toLocaleString('en')} images`,
        imageCount,
        unit: 'ms',
        times: Object.fromEntries(lists.map(([name, list]) => [name, quartiles(list)])),
        longestBlockMs,
        memoryBytes,
        machine: machine(),
        lines: [
          ...lists.map(([name, list]) => timesText(name, list)),
          `nothing else could be done for at most ${longestBlockMs.toFixed(0)} ms; memory at the end ${(memoryBytes / 1e6).toFixed(0)} MB`,
        ],
      }
      const seen = await onPage(homePath, (page, processes) => lookAt(page, processes, { shares, runs }))
      yield {
        case: 'gallery',
        what: `${imageCount.toLocaleString('en')} images in Chromium without a GPU`,
        imageCount,
        unit: 'ms',
        ...seen,
        machine: machine(),
        lines: [
          ...Object.entries(seen.times).map(([name, list]) => timesText(name, list)),
          ...Object.entries(seen.frames).map(
            ([name, list]) =>
              `${name.padEnd(44)} p50 ${at(list, 0.5).toFixed(1)} ms, p95 ${at(list, 0.95).toFixed(1)} ms, p99 ${at(list, 0.99).toFixed(1)} ms, longest ${at(list, 1).toFixed(1)} ms a frame`,
          ),
          `memory: page ${(seen.heapBytes / 1e6).toFixed(0)} MB, core ${(seen.coreBytes / 1e6).toFixed(0)} MB, at most ${(seen.corePeakBytes / 1e6).toFixed(0)} MB`,
        ],
      }
    } finally {
      rmSync(homePath, { recursive: true, force: true })
    }
  }
}
