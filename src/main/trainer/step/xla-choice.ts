/**
 * Whether XLA compiles what can be fused. On an H100 it makes steps 1.7 to 3 times as fast, and compiling takes 20 to 40 s: it is for long trainings. Where it wins is measured once and remembered.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { compiledFromMs } from '../../../domain/estimate/compilation'
import { sweepBeside, temporaryBeside } from '../../files/temporary'
import { outOfMemory } from '../../protocol/out-of-memory'

const measuredSchema = z.record(z.string(), z.object({ withMs: z.number(), withoutMs: z.number() }))

export interface XlaChoice {
  readonly xla: boolean
  /** A sentence for the log. */
  readonly text: string
}

/**
 * `key` names everything that the answer depends on (device, TensorFlow, model, sizes, precision); `path` is the file that remembers. `measureMs`
 * times a micro-batch with and without, of `microBatches` that are to come; where it throws with XLA (a compiler that fails, memory that is not enough),
 * the answer is no. Where memory is not enough without it either, nothing is remembered: the step itself answers that with smaller pieces.
 */
export async function chooseXla(
  path: string,
  key: string,
  microBatches: number,
  measureMs: (xla: boolean) => Promise<number>,
): Promise<XlaChoice> {
  const remembered = read(path)
  const known = remembered[key]
  const withoutMs = known?.withoutMs ?? (microBatches === 0 ? 0 : await unlessFull(() => measureMs(false)))
  if (withoutMs === null) return noRoom
  if (withoutMs * microBatches < compiledFromMs)
    return { xla: false, text: 'XLA is off: the training is shorter than its compilation.' }
  const times = known ?? { withoutMs, withMs: await timeOrNever(() => measureMs(true)) }
  if (known === undefined) keep(path, { ...remembered, [key]: times })
  const xla = times.withMs < times.withoutMs
  const how = known === undefined ? 'measured now' : 'measured before'
  const withIt =
    times.withMs < never ? `a step took ${times.withMs.toFixed(0)} ms with it` : 'a step failed with it'
  return {
    xla,
    text: `XLA is ${xla ? 'on' : 'off'}: ${withIt}, ${times.withoutMs.toFixed(0)} ms without (${how}).`,
  }
}

const noRoom: XlaChoice = {
  xla: false,
  text: 'XLA is off: there was not enough memory to measure it.',
}

/** null where memory is not enough. */
async function unlessFull(measure: () => Promise<number>): Promise<number | null> {
  try {
    return await measure()
  } catch (thrown) {
    if (outOfMemory(thrown) === null) throw thrown
    return null
  }
}

/** JSON has no infinity. */
const never = 1e12

async function timeOrNever(measure: () => Promise<number>): Promise<number> {
  try {
    return await measure()
  } catch {
    return never // the reason is XLA's; without it the training goes on, and the log says that it failed
  }
}

function read(path: string): z.infer<typeof measuredSchema> {
  try {
    return measuredSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return {} // not there yet, or not ours: it is measured again
  }
}

function keep(path: string, measured: z.infer<typeof measuredSchema>): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    sweepBeside(path)
    const beside = temporaryBeside(path)
    writeFileSync(beside, JSON.stringify(measured, null, 2))
    renameSync(beside, path)
  } catch {
    // a full or read-only disk: it is measured again the next time
  }
}
