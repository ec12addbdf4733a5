/** The checkpoints of runs: which there are, what keeps them, whether they are sound, and what they take. */
import { WorkbenchError } from '../../contract/errors'
import { activeRunStates } from '../../contract/entities/run'
import type { CheckpointSpaceFacts } from '../../contract/entities/checkpoint'
import type { Kept } from '../../domain/checkpoint-kinds'
import {
  checkpointBytes,
  checkpointCount,
  keptCheckpoints,
  keptBeyond,
  pruneToBudget,
  retentionSettings,
  setRetention,
} from '../store/checkpoints/checkpoint-retention'
import { verifyCheckpoint } from '../store/checkpoints/checkpoint-read'
import {
  budgetOf,
  defaultBudget,
  sweepCheckpoints,
  withRoomOfLogs,
} from '../store/checkpoints/checkpoint-space'
import {
  deleteCheckpoint,
  pinCheckpoint,
  runOfCheckpoint,
  storedNames,
} from '../store/checkpoints/checkpoints'
import { getRun } from '../store/runs/runs'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'

type Context = Pick<ServiceContext, 'db' | 'checkpoints' | 'emit'>

export function checkpointsReading({
  db,
  checkpoints,
}: Pick<Context, 'db' | 'checkpoints'>): Pick<
  DomainHandlers<'checkpoints'>,
  'checkpoints.list' | 'checkpoints.verify' | 'checkpoints.space' | 'checkpoints.beyond'
> {
  return {
    'checkpoints.list': async ({ runId }) =>
      keptCheckpoints(db, getRun(db, runId).id).map(({ isNamed: _, valLoss: __, ...kept }) => ({
        ...kept,
        kinds: [...kept.kinds],
        modelId: `run:${String(runId)}@${String(kept.stepIndex)}`,
      })),
    'checkpoints.verify': async ({ id }) => {
      try {
        await verifyCheckpoint(db, checkpoints, id)
        return { isSound: true, reason: null }
      } catch (thrown) {
        if (!(thrown instanceof WorkbenchError) || thrown.code !== 'home-broken') throw thrown
        return { isSound: false, reason: thrown.message }
      }
    },
    'checkpoints.space': () => spaceOf({ db, checkpoints }),
    'checkpoints.beyond': async ({ budgetBytes }) => {
      const going = keptBeyond(db, budgetBytes ?? defaultBudget({ db, checkpoints }))
      return { count: going.length, byteCount: going.reduce((sum, { byteCount }) => sum + byteCount, 0) }
    },
  }
}

export function checkpointsHandlers(context: Context): DomainHandlers<'checkpoints'> {
  const { db, checkpoints, emit } = context
  const tell = (runId: number): void => emit({ type: 'checkpoints-changed', runId })
  return {
    ...checkpointsReading(context),
    'checkpoints.pin': async ({ id, isPinned }) => {
      const { runId } = find(context, id)
      pinCheckpoint(db, id, isPinned)
      tell(runId)
      return {}
    },
    'checkpoints.delete': async ({ id }) => {
      const { runId, stepIndex, kinds } = find(context, id)
      const { name, state } = getRun(db, runId)
      if (activeRunStates.includes(state) && (kinds.includes('last') || kinds.includes('before')))
        throw new WorkbenchError(
          'busy',
          `The run "${name}" is training and may have to go on from its checkpoint of step ${String(stepIndex)}.`,
          'Stop the run first.',
        )
      if (kinds.includes('in-use'))
        throw new WorkbenchError(
          'not-allowed',
          `The checkpoint of step ${String(stepIndex)} of "${name}" is in use: it was promoted, or a run went on from it.`,
          'It goes with its run.',
        )
      await withRoomOfLogs(context, () => deleteCheckpoint(db, { id, runId }))
      tell(runId)
      emit({ type: 'run', run: getRun(db, runId) })
      await sweepCheckpoints(context, true)
      return {}
    },
    'checkpoints.giveBack': async () => {
      await checkpoints.keepOnly(storedNames(db))
      return { bytes: await checkpoints.giveBack() }
    },
    'checkpoints.setBudget': async ({ budgetBytes, everySteps }) => {
      setRetention(db, { budgetBytes, everySteps: everySteps ?? retentionSettings(db).everySteps })
      const gone = pruneToBudget(db, budgetOf(context))
      for (const runId of new Set(gone.map((one) => one.runId))) tell(runId)
      // before the answer: a command closes the core as soon as it has it
      await sweepCheckpoints(context, true)
      return spaceOf(context)
    },
  }
}

async function spaceOf(context: Pick<Context, 'db' | 'checkpoints'>): Promise<CheckpointSpaceFacts> {
  const { db, checkpoints } = context
  const { budgetBytes, everySteps } = retentionSettings(db)
  const total = checkpointBytes(db)
  const budget = budgetOf(context)
  return {
    ...(await checkpoints.space()),
    count: checkpointCount(db),
    checkpointBytes: total,
    budgetBytes: budget,
    isDefaultBudget: budgetBytes === null,
    defaultBudgetBytes: defaultBudget(context),
    overBytes: Math.max(0, total - budget),
    everySteps,
  }
}

function find({ db }: Pick<Context, 'db'>, id: number): Kept {
  const runId = runOfCheckpoint(db, id)
  const found = runId === null ? undefined : keptCheckpoints(db, runId).find((one) => one.id === id)
  if (found === undefined)
    throw new WorkbenchError('not-found', `There is no checkpoint with the number ${String(id)}.`)
  return found
}
