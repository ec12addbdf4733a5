/**
 * What pre-trained weights are worth: the same training from them and from zero, on few pictures a class, over seeds that draw the pictures and
 * everything else. Accuracy on all the other pictures. The recipe is HyperRule's with the departures that two cores need (see `recipe`).
 */
import { execFile } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { machine } from '../machine.mjs'
import { quartiles } from '../statistics.mjs'

const run = promisify(execFile)
const program = new URL('../../out/main/cli.cjs', import.meta.url).pathname

/** The rule's 500 steps of 512 pictures at 384 px would take a day each; its rate belongs to that batch. */
const recipe = { steps: 100, batch: 64, resize: 80, crop: 64, lr: 0.03, precision: 'bfloat16' }

/** One result for each task. `folder`: one folder a class, for flowers17; without it the sample alone. `runs`: how many seeds. */
export async function* transferResults({ folder, runs, weights = 'embedded:bit-xs', only, note }) {
  const home = mkdtempSync(join(tmpdir(), 'bitw-transfer-'))
  try {
    await bitw(home, ['import', '--sample'])
    const sample = join(home, 'sample', 'images')
    const tasks = [
      ...(folder === undefined ? [] : [{ name: 'flowers17, 20 a class', folder, perClass: 20 }]),
      { name: 'sample, 10 a class', folder: sample, perClass: 10 },
      { name: 'sample, 5 a class', folder: sample, perClass: 5 },
    ].filter(({ name }) => only === undefined || name.includes(only))
    const model = await architectureOf(home, weights)
    for (const task of tasks) {
      const accuracies = { pretrained: [], zero: [] }
      for (let seed = 0; seed < runs; seed += 1) {
        const dataset = `${task.name}, seed ${seed}`
        const drawn = join(home, 'drawn', dataset)
        draw(task.folder, task.perClass, seed, drawn)
        await bitw(home, ['import', drawn, '--name', dataset, '--val', '0'])
        for (const [start, list] of Object.entries(accuracies)) {
          const from = start === 'zero' ? [] : ['--weights', weights]
          list.push(
            await accuracy(home, ['--dataset', dataset, '--model', model, '--seed', `${seed}`, ...from]),
          )
        }
        const last = Object.entries(accuracies).map(([start, list]) => `${start} ${percent(list.at(-1))}`)
        note(`${dataset}: ${last.join(', ')}`)
      }
      const margins = accuracies.pretrained.map((value, seed) => value - accuracies.zero[seed])
      yield {
        case: 'transfer',
        name: task.name,
        what: `accuracy after ${recipe.steps} steps of ${recipe.batch} at ${recipe.crop} px, ${model}, ${task.name}, ${runs} seeds`,
        recipe,
        weights,
        accuracies,
        lines: [
          ...Object.entries(accuracies).map(([start, list]) => `${start.padEnd(10)} ${summary(list)}`),
          `margin     ${summary(margins)}`,
        ],
        machine: machine(),
      }
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** `perClass` pictures of each class for training, all others for the test, as hard links. */
function draw(source, perClass, seed, target) {
  for (const name of readdirSync(source)) {
    const files = readdirSync(join(source, name)).sort()
    shuffle(files, `${seed} ${name}`)
    for (const [index, file] of files.entries()) {
      const folder = join(target, index < perClass ? 'train' : 'test', name)
      mkdirSync(folder, { recursive: true })
      linkSync(join(source, name, file), join(folder, file))
    }
  }
}

/** Fisher–Yates over a 32-bit generator that is seeded by the text. */
function shuffle(list, text) {
  let state = 0x811c9dc5
  for (const character of text) state = Math.imul(state ^ character.codePointAt(0), 0x01000193)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  for (let last = list.length - 1; last > 0; last -= 1) {
    const other = Math.floor(next() * (last + 1))
    ;[list[last], list[other]] = [list[other], list[last]]
  }
}

async function architectureOf(home, weights) {
  const records = await bitw(home, ['models', 'show', weights])
  return records.find(({ model }) => model !== undefined).model.architecture
}

async function accuracy(home, choices) {
  const { steps, batch, resize, crop, lr, precision } = recipe
  const given = { steps, batch, 'micro-batch': batch, resize, crop, lr, precision }
  const options = Object.entries(given).flatMap(([name, value]) => [`--${name}`, `${value}`])
  const records = await bitw(home, ['train', ...choices, ...options])
  return records.findLast(({ type }) => type === 'run').run.accuracy.value
}

/** The records that the command line writes. */
async function bitw(home, words) {
  const { stdout } = await run(process.execPath, [program, '--json', '--home', home, ...words], {
    maxBuffer: 2 ** 28,
  })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

function percent(value) {
  return `${(100 * value).toFixed(1)} %`
}

function summary(list) {
  const { median } = quartiles(list)
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length
  return `mean ${percent(mean)}, median ${percent(median)}, ${percent(Math.min(...list))} to ${percent(Math.max(...list))}`
}
