/**
 * What `npm run bench -- fuzz` starts, again and again since native code can take the process with it: damaged files, each read as the product
 * reads it. Takes one JSON argument. Prints a JSON line before each file and one behind it, so that whoever reads knows which file was the last.
 */
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { randomStream } from '../../domain/random'
import { threadCount } from '../engine/machine'
import { readSetupRecord } from '../engine/setup-record'
import { useResizer } from '../images/resizer'
import { loadGraphAddon } from '../trainer/engines/tensorflow/graph-addon'
import { nativeResizer } from '../trainer/engines/tensorflow/native-resizer'
import { refusalOnly } from './fuzz/defects'
import { mutated } from './fuzz/mutations'
import { allParsers } from './fuzz/parsers'
import type { Attempt, Parser, Sample } from './fuzz/sample'

interface Work {
  readonly seed: number
  /** Where test/fixtures lies. */
  readonly fixtures: string
  /** A folder of the process's own. */
  readonly folder: string
  /** Files of each parser: [from, to). An empty list only tells the names of the parsers. */
  readonly parts: readonly { readonly parser: string; readonly from: number; readonly to: number }[]
}

async function main(): Promise<void> {
  const { seed, fixtures, folder, parts } = JSON.parse(process.argv[2] ?? '') as Work
  const home = join(folder, 'home')
  mkdirSync(home, { recursive: true })
  const parsers = allParsers(home)
  if (parts.length === 0) return say({ parsers: parsers.map(({ name }) => name) })
  decodeAsTrainer()
  for (const { parser: name, from, to } of parts) {
    const parser = parsers.find((one) => one.name === name)
    if (parser === undefined) throw new Error(`There is no parser named ${name}`)
    const samples = await parser.samples(fixtures)
    // Whole, from -1 down: what is refused then would tell nothing of damage.
    for (let index = from === 0 ? -samples.length : from; index < to; index++) {
      say({ parser: name, index })
      const startMs = performance.now()
      const startCpu = process.cpuUsage()
      const whole = index < 0 ? samples[-1 - index] : undefined
      const outcome =
        whole === undefined
          ? await readDamaged(parser, samples, { seed, index, folder })
          : await readWhole(parser, whole, folder)
      const { user, system } = process.cpuUsage(startCpu)
      const { maxRSS } = process.resourceUsage()
      say({
        ...outcome,
        elapsedMs: performance.now() - startMs,
        cpuMs: (user + system) / 1000,
        peakBytes: maxRSS * 1024,
      })
    }
  }
}

interface Place {
  readonly seed: number
  readonly index: number
  readonly folder: string
}

interface Outcome {
  readonly sample: string
  /** Ways to read it. */
  readonly read: number
  readonly refused: number
  /** What should not have happened; null where each way ended in a result or in words. */
  readonly fault: string | null
}

async function readDamaged(
  parser: Parser,
  samples: readonly Sample[],
  { seed, index, folder }: Place,
): Promise<Outcome> {
  const next = randomStream(seed, keyOf(parser.name), index)
  const sample = samples[Math.floor(next() * samples.length)] as Sample
  const path = sample.damaged[Math.floor(next() * sample.damaged.length)] ?? ''
  const whole = sample.files.get(path) ?? Buffer.alloc(0)
  const damaged = mutated(whole, next)
  const bytes = sample.resign !== undefined && next() < 0.5 ? sample.resign(damaged) : damaged
  const base = lay(folder, parser, sample)
  write(join(base, path), bytes, sample)
  const outcome = await readingOf(parser, join(base, sample.opened))
  write(join(base, path), whole, sample)
  return { sample: `${sample.name} ${path}`, ...outcome }
}

async function readWhole(parser: Parser, sample: Sample, folder: string): Promise<Outcome> {
  const base = lay(folder, parser, sample)
  return { sample: sample.name, ...(await readingOf(parser, join(base, sample.opened))) }
}

async function readingOf(parser: Parser, path: string): Promise<Omit<Outcome, 'sample'>> {
  let read = 0
  let refused = 0
  const attempt: Attempt = async (work) => {
    try {
      await work()
      read++
    } catch (thrown) {
      refusalOnly(thrown)
      refused++
    }
  }
  const fault = await parser.read(path, attempt).then(
    () => null,
    (thrown: unknown) => (thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)),
  )
  return { read, refused, fault }
}

const laid = new Set<string>()

/** All files of the sample, once: from then on the damaged one alone is written, and put right again. Answers with their folder. */
function lay(folder: string, parser: Parser, sample: Sample): string {
  const base = join(folder, parser.name, sample.name)
  if (laid.has(base)) return base
  laid.add(base)
  for (const [name, content] of sample.files) {
    mkdirSync(dirname(join(base, name)), { recursive: true })
    write(join(base, name), content, sample)
  }
  return base
}

function write(path: string, bytes: Buffer, { holeBytes = 0 }: Sample): void {
  writeFileSync(path, bytes)
  if (holeBytes > 0) truncateSync(path, bytes.length + holeBytes)
}

/** With the trainer's own decoder, where the set-up has built it: it is native code, too. */
function decodeAsTrainer(): void {
  const path = readSetupRecord(process.env)?.graphAddon ?? null
  if (path === null) return
  const addon = loadGraphAddon(path)
  useResizer(nativeResizer({ addon, instructionSet: addon.start(threadCount(process.env)) }))
}

/** FNV-1a: so that a parser's files stay the same where others come or go. */
function keyOf(name: string): number {
  let key = 0x811c9dc5
  for (const byte of Buffer.from(name)) key = Math.imul(key ^ byte, 0x01000193)
  return key >>> 0
}

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

void main()
