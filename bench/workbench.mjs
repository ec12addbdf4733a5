/** The command line as a user runs it, and datasets drawn for a bench. */
import { execFile } from 'node:child_process'
import { copyFileSync, linkSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const program = new URL('../out/main/cli.cjs', import.meta.url).pathname

/** The records that the command writes. Throws where it fails. */
export async function bitw(home, words) {
  const { stdout } = await run(process.execPath, [program, '--json', '--home', home, ...words], {
    maxBuffer: 2 ** 29,
  })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** The run at its end. */
export async function trained(home, words) {
  return (await bitw(home, ['train', ...words])).findLast(({ type }) => type === 'run').run
}

/** { crop: 64 } → ['--crop', '64'] */
export function optionsOf(values) {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, `${value}`])
}

/**
 * Draws images of each class by the seed: `perClass` to target/train and `testPerClass` others (all of them where it is not given) to
 * target/test, as hard links where the disk allows. `testFolder`: the test images come from there and not from what is left.
 */
export function drawDataset(
  { folder, testFolder, perClass, testPerClass = Infinity, except = [] },
  seed,
  target,
) {
  for (const name of readdirSync(folder)) {
    if (except.includes(name)) continue
    const files = shuffled(readdirSync(join(folder, name)).sort(), `${seed} ${name}`)
    const place = (from, chosen, part) => {
      const into = join(target, part, name)
      mkdirSync(into, { recursive: true })
      for (const file of chosen) linkOrCopy(join(from, name, file), join(into, file))
    }
    place(folder, files.slice(0, perClass), 'train')
    if (testFolder === undefined) place(folder, files.slice(perClass, perClass + testPerClass), 'test')
    else place(testFolder, readdirSync(join(testFolder, name)).sort().slice(0, testPerClass), 'test')
  }
}

function linkOrCopy(from, to) {
  try {
    linkSync(from, to)
  } catch (error) {
    if (error.code !== 'EXDEV' && error.code !== 'EPERM') throw error
    copyFileSync(from, to)
  }
}

/** Fisher–Yates over a 32-bit generator that is seeded by the text. */
function shuffled(list, text) {
  let state = 0x811c9dc5
  for (const character of text) state = Math.imul(state ^ character.codePointAt(0), 0x01000193)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const result = [...list]
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(next() * (last + 1))
    ;[result[last], result[other]] = [result[other], result[last]]
  }
  return result
}

export function percent(value) {
  return `${(100 * value).toFixed(1)} %`
}

export function mean(list) {
  return list.reduce((sum, value) => sum + value, 0) / list.length
}
