/** `bitw checkpoints`: which checkpoints a run has and what keeps them, whether they are sound, and what all of them take. */
import type { CheckpointSpaceFacts, KeptCheckpoint } from '../../../contract/entities/checkpoint'
import { WorkbenchError } from '../../../contract/errors'
import { kindWords } from '../../../domain/checkpoint-kinds'
import type { ReadCall } from '../../host/read-only-core'
import type { CliContext } from '../context'
import { findRun } from '../datasets/find'
import { bytes, count, percent, plural, table, time } from '../text/format'
import { type AnyCore, withAnyCore, withReading } from '../machine/open'

/** Of a run; without one, what all of them take. */
export function runCheckpoints(context: CliContext, wanted: string | undefined): Promise<number> {
  const { output } = context
  return withReading(context, 'checkpoints', async (call) => {
    if (wanted === undefined) {
      printSpace(context, await call('checkpoints.space', {}))
      return 0
    }
    const { name, checkpoints } = await ofRun(call, wanted)
    for (const checkpoint of checkpoints) output.record({ type: 'checkpoint', checkpoint })
    output.print(checkpoints.length === 0 ? `"${name}" has no checkpoint.` : listText(checkpoints))
    return 0
  })
}

/** Of a run, of one of its steps, or of the whole home. Exit code 1 where one is damaged. */
export function runVerifyCheckpoints(
  context: CliContext,
  wanted: string | undefined,
  step: string | undefined,
): Promise<number> {
  const { output } = context
  return withReading(context, 'checkpoints', async (call) => {
    const runs = wanted === undefined ? await call('runs.list', {}) : [await findRun(call, wanted)]
    let damaged = 0
    let sound = 0
    for (const { id: runId, name } of runs) {
      const all = await call('checkpoints.list', { runId })
      for (const { id, stepIndex } of step === undefined ? all : [ofStep(all, name, step)]) {
        const result = await call('checkpoints.verify', { id })
        output.record({ type: 'verified', runId, stepIndex, ...result })
        if (result.isSound) sound++
        else damaged++
        const words = result.isSound ? 'sound' : `damaged: ${result.reason ?? ''}`
        if (wanted !== undefined || !result.isSound)
          output.print(`${name}, step ${count(stepIndex)}: ${words}`)
      }
    }
    if (wanted === undefined) output.print(`${count(sound)} sound, ${count(damaged)} damaged.`)
    if (damaged > 0)
      output.note(
        'A run that is resumed goes on from the checkpoint before a damaged one. "bitw doctor --repair" drops those.',
      )
    return damaged > 0 ? 1 : 0
  })
}

export function runPinCheckpoint(
  context: CliContext,
  wanted: string,
  step: string,
  isPinned: boolean,
): Promise<number> {
  return changing(context, wanted, step, async (core, { id, stepIndex }, name) => {
    await core('checkpoints.pin', { id, isPinned })
    const words = isPinned ? 'is kept until it is unpinned' : 'is kept only as the rule says'
    return `The checkpoint of step ${count(stepIndex)} of "${name}" ${words}.`
  })
}

export function runDeleteCheckpoint(context: CliContext, wanted: string, step: string): Promise<number> {
  return changing(context, wanted, step, async (core, { id, stepIndex }, name) => {
    await core('checkpoints.delete', { id })
    return `The checkpoint of step ${count(stepIndex)} of "${name}" was deleted.`
  })
}

export interface BudgetOptions {
  readonly every?: number
}

/** `gigabytes` undefined: as it comes. */
export function runCheckpointBudget(
  context: CliContext,
  gigabytes: number | undefined,
  { every }: BudgetOptions,
): Promise<number> {
  return withAnyCore(context, 'checkpoints', async (core) => {
    const budgetBytes = gigabytes === undefined ? null : gigabytes * 1e9
    const going = await core.call('checkpoints.beyond', { budgetBytes })
    printSpace(
      context,
      await core.call('checkpoints.setBudget', {
        budgetBytes,
        ...(every !== undefined && { everySteps: every }),
      }),
    )
    if (going.count > 0)
      context.output.print(`${count(going.count)} beyond it (${bytes(going.byteCount)}) went.`)
    return 0
  })
}

export function runGiveBack(context: CliContext): Promise<number> {
  return withAnyCore(context, 'checkpoints', async (core) => {
    const given = await core.call('checkpoints.giveBack', {})
    context.output.record({ type: 'given-back', ...given })
    context.output.print(`${bytes(given.bytes)} given back to the disk.`)
    return 0
  })
}

type CoreCall = AnyCore['call']

function changing(
  context: CliContext,
  wanted: string,
  step: string,
  change: (call: CoreCall, checkpoint: KeptCheckpoint, runName: string) => Promise<string>,
): Promise<number> {
  return withAnyCore(context, 'checkpoints', async ({ call }) => {
    const { name, checkpoints } = await ofRun(call, wanted)
    context.output.print(await change(call, ofStep(checkpoints, name, step), name))
    return 0
  })
}

async function ofRun(call: ReadCall, wanted: string) {
  const { id, name } = await findRun(call, wanted)
  return { name, checkpoints: await call('checkpoints.list', { runId: id }) }
}

/** `step`: a number, "last" or "best". */
function ofStep(checkpoints: readonly KeptCheckpoint[], name: string, step: string): KeptCheckpoint {
  const found = checkpoints.find(
    ({ stepIndex, kinds }) => String(stepIndex) === step || kinds.some((kind) => kind === step),
  )
  if (found !== undefined) return found
  const steps = checkpoints.map(({ stepIndex }) => String(stepIndex)).join(', ')
  throw new WorkbenchError(
    'not-found',
    `"${name}" has no checkpoint "${step}".`,
    steps === ''
      ? 'It has none.'
      : `It has those of the steps ${steps}; "last" and "best" can be given, too.`,
  )
}

function listText(checkpoints: readonly KeptCheckpoint[]): string {
  const rows = checkpoints.map(({ stepIndex, byteCount, kinds, valAccuracy, createdAtMs }) => [
    count(stepIndex),
    bytes(byteCount),
    valAccuracy === null ? '' : percent(valAccuracy),
    kindWords(kinds),
    time(createdAtMs),
  ])
  return table([['step', 'size', 'val', 'kept as', 'saved'], ...rows], [0, 1, 2])
}

function printSpace({ output }: CliContext, space: CheckpointSpaceFacts): void {
  const {
    count: checkpointCount,
    checkpointBytes,
    budgetBytes,
    isDefaultBudget,
    freeBytes,
    overBytes,
    everySteps,
  } = space
  output.record({ type: 'checkpoint-space', space })
  output.print(
    [
      `${plural(checkpointCount, 'checkpoint takes', 'checkpoints take')} ${bytes(checkpointBytes)} of a budget of ${bytes(budgetBytes)}${isDefaultBudget ? '' : ' (set)'}.`,
      overBytes > 0
        ? `Over the budget by ${bytes(overBytes)}: what is last, best, pinned or in use is never deleted for it.`
        : '',
      freeBytes > 0
        ? `${bytes(freeBytes)} more are left of deleted ones; "bitw checkpoints give-back" returns them to the disk.`
        : '',
      everySteps > 0
        ? `Those of every ${everySteps === 1 ? 'step' : `${count(everySteps)} steps`} are kept.`
        : '',
    ]
      .filter((line) => line !== '')
      .join('\n'),
  )
}
