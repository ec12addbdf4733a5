/** The model in use of a dataset: what a change of it means, and the change. */
import type { Promotion, PromotionCheck } from '../../contract/entities/promotion'
import type { Run } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import type { ServiceContext } from '../app/context'
import type { DomainHandlers } from '../app/handlers'
import type { Columns } from '../columns/columns'
import { findRun } from '../store/runs/find-runs'
import { insertPromotion, listPromotions, promotionInUse, takeBackPromotion } from '../store/runs/promotions'
import { refuseTrashed } from '../store/runs/run-marks'
import { getRun } from '../store/runs/runs'
import { createCalibrations } from './calibration'
import { createComparer } from './compare'
import { slicesOf } from './slices'

export interface PromotionOptions {
  /** Who works here, by name. */
  who(): string
}

export function promotionsHandlers(
  { db, clock, emit }: Pick<ServiceContext, 'db' | 'clock' | 'emit'>,
  columns: Pick<Columns, 'predictions' | 'allPredictions'>,
  { who }: PromotionOptions,
): DomainHandlers<'promotions'> {
  const compare = createComparer({ db })
  const calibrate = createCalibrations(db, columns)

  async function check(run: Run): Promise<PromotionCheck> {
    if (run.checkpointStep === null)
      throw new WorkbenchError(
        'not-found',
        `The run "${run.name}" has no checkpoint.`,
        'Train the run at least until its first checkpoint.',
      )
    const before = promotionInUse(db, run.datasetId)
    const compared =
      before?.runId === null || before?.runId === undefined || before.runId === run.id
        ? { value: null, fault: '' }
        : await orFault(async () => (await compare({ first: before.runId ?? 0, second: run.id })).comparison)
    const slices = run.wrongCount === null ? [] : (await slicesOf(db, columns, run, undefined)).slices
    const temperature = await orFault(async () => {
      const { scaled, why } = await calibrate(run.id)
      if (scaled === null) throw new WorkbenchError('not-found', why)
      return scaled.temperature
    })
    return {
      before,
      comparison: compared.value,
      whyNot: compared.fault,
      failing: slices.filter(({ fails }) => fails),
      temperature: temperature.value,
      temperatureFault: temperature.fault,
    }
  }

  function told(promotion: Promotion, runIds: readonly (number | null | undefined)[]): Promotion {
    emit({ type: 'promotions-changed', datasetId: promotion.datasetId })
    emit({ type: 'runs-changed' })
    for (const id of new Set(runIds)) {
      // the one before may be damaged, and that is no reason to say that nothing was changed
      const run = typeof id === 'number' ? findRun(db, id) : null
      if (run !== null) emit({ type: 'run', run })
    }
    return promotion
  }

  return {
    'promotions.list': async ({ datasetId }) => listPromotions(db, datasetId),
    'promotions.check': async ({ runId }) => check(getRun(db, runId)),
    'promotions.promote': async ({ runId, why, threshold, despiteFloors }) => {
      const run = getRun(db, runId)
      const { before, failing, temperature } = await check(run)
      refuseTrashed(run)
      const [first] = failing
      if (first !== undefined && !despiteFloors) {
        const others = failing.length > 1 ? ` and ${String(failing.length - 1)} more` : ''
        throw new WorkbenchError(
          'needs-consent',
          `On the slice "${first.name}"${others}, the run "${run.name}" is below its floor.`,
          'Promote another run, or say that you want this one despite the floor.',
        )
      }
      const promotion = insertPromotion(db, {
        ...{ datasetId: run.datasetId, runId, stepIndex: run.checkpointStep },
        ...{ atMs: clock(), byWhom: who(), why: why.trim(), temperature, threshold },
      })
      return told(promotion, [before?.runId, runId])
    },
    'promotions.takeBack': async ({ datasetId }) => {
      const before = promotionInUse(db, datasetId)
      const now = takeBackPromotion(db, datasetId, { atMs: clock(), byWhom: who() })
      if (now === null)
        throw new WorkbenchError(
          'not-found',
          'No model of this dataset is in use.',
          'Promote a run: bitw promote RUN',
        )
      return told(now, [before?.runId, now.runId])
    },
  }
}

async function orFault<T>(work: () => Promise<T>): Promise<{ value: T | null; fault: string }> {
  try {
    return { value: await work(), fault: '' }
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError)) throw thrown
    return { value: null, fault: thrown.message }
  }
}
