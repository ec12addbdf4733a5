/**
 * Ten thousand runs: how long the store takes for the questions of the Runs screen, beside a list that loads all of every run; then that screen in Chromium,
 * without a GPU, from the key or click to the frame that shows the answer.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { machine } from '../machine.mjs'
import { timesText } from '../print.mjs'
import { onPage } from '../served-page.mjs'
import { quartiles } from '../statistics.mjs'

const built = (name) => fileURLToPath(new URL(`../../out/main/${name}.cjs`, import.meta.url))
const run = promisify(execFile)
const runCount = 10_000

export async function* historyResults({ runs }) {
  const homePath = mkdtempSync(path.join(os.tmpdir(), 'bitw-bench-history-'))
  try {
    const { stdout } = await run(process.execPath, [
      built('bench-history'),
      JSON.stringify({ homePath, runCount, runs }),
    ])
    const { firstMs, answers, wholeMs } = JSON.parse(stdout)
    const whole = quartiles(wholeMs)
    yield {
      case: 'history',
      what: `${runCount.toLocaleString('en')} runs in the core`,
      firstMs,
      answers,
      wholeMs,
      machine: machine(),
      lines: [
        timesText('all of every run: select, JSON and back', wholeMs),
        timesText('the first question after the start', firstMs),
        ...Object.entries(answers).map(
          ([name, list]) =>
            `${timesText(name, list)}, ${(whole.median / quartiles(list).median).toFixed(1)} times as fast as all`,
        ),
      ],
    }
    const shown = await shownIn(homePath, runs)
    yield {
      case: 'history',
      what: `${runCount.toLocaleString('en')} runs in Chromium without a GPU`,
      shown,
      machine: machine(),
      lines: Object.entries(shown).map(([name, list]) => timesText(name, list)),
    }
  } finally {
    rmSync(homePath, { recursive: true, force: true })
  }
}

/** Milliseconds until the rows are other ones, by what was asked. */
function shownIn(homePath, runs) {
  return onPage(homePath, async (page) => {
    const asked = {
      open: '#/runs',
      sort: '#/runs?sort=-accuracy',
      filter: '#/runs?q=accuracy%3E80%25%20lr%3A0.003',
      group: '#/runs?group=settings',
    }
    const shown = Object.fromEntries(Object.keys(asked).map((name) => [name, []]))
    await page.evaluate(showing, '#/runs')
    for (let turn = 0; turn < runs; turn++) {
      await page.evaluate(() => (location.hash = '#/engine'))
      await page.getByRole('heading', { name: 'Engine', exact: true }).waitFor()
      for (const [name, hash] of Object.entries(asked)) shown[name].push(await page.evaluate(showing, hash))
    }
    return shown
  })
}

/** In the page. */
async function showing(hash) {
  const rows = () =>
    [...document.querySelectorAll('table[aria-label=Runs] tbody tr')]
      .map((row) => row.textContent.trim())
      .filter((text) => text !== '')
  const before = rows().slice(0, 10).join()
  const beganMs = performance.now()
  location.hash = hash
  for (;;) {
    await new Promise((resolve) => requestAnimationFrame(resolve))
    const now = rows()
    if (now.length > 10 && now.slice(0, 10).join() !== before) return performance.now() - beganMs
  }
}
