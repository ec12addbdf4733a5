/** The model in use of a dataset. */
import type { Promotion } from '../../../contract/entities/promotion'
import { WorkbenchError } from '../../../contract/errors'
import { unusedTemperatureText } from '../../../domain/model/unsure'
import { comparisonText } from '../runs/compare'
import type { CliContext } from '../context'
import { findDataset, findRun } from '../datasets/find'
import { percent, table, time } from '../text/format'
import { withAnyCore, withReading } from '../machine/open'

export interface PromoteOptions {
  readonly why?: string
  readonly threshold?: number
  readonly back?: string
  readonly despiteFloors?: boolean
}

export function runPromote(
  context: CliContext,
  wanted: string | undefined,
  { why, threshold, back, despiteFloors }: PromoteOptions,
): Promise<number> {
  const { output } = context
  return withAnyCore(context, 'promote', async ({ call }) => {
    if (back !== undefined) {
      const { id, name } = await findDataset(call, back)
      const now = await call('promotions.takeBack', { datasetId: id })
      output.record({ type: 'promotion', promotion: now })
      output.print(
        now.runName === null
          ? `No model of ${name} is in use now.`
          : `${now.runName} is the model in use of ${name} again.`,
      )
      return 0
    }
    if (wanted === undefined)
      throw new WorkbenchError('bad-input', 'No run is named.', 'Give its name or number, or --back DATASET.')
    const run = await findRun(call, wanted)
    const check = await call('promotions.check', { runId: run.id })
    const beforeName = check.before?.runName ?? null
    if (check.comparison !== null && beforeName !== null)
      output.print(`${comparisonText(beforeName, run.name, check.comparison)}\n`)
    else if (check.whyNot !== '') output.note(`Not compared with ${beforeName ?? ''}: ${check.whyNot}`)
    for (const { name, accuracy, floor } of check.failing)
      output.note(
        `Below its floor: ${name}, ${accuracy === null ? 'no images' : percent(accuracy.value)} of at least ${percent(floor ?? 0)}.`,
      )
    const promotion = await promoted(() =>
      call('promotions.promote', {
        runId: run.id,
        why: why ?? '',
        threshold: threshold ?? null,
        despiteFloors: despiteFloors === true,
      }),
    )
    output.record({ type: 'promotion', promotion })
    output.print(
      `${run.name} is the model in use of ${run.datasetName}: ${JSON.stringify(`${run.datasetName}@in-use`)}.`,
    )
    output.print(
      promotion.temperature === null
        ? `Without a temperature. ${check.temperatureFault}`
        : `Its temperature is ${promotion.temperature.toFixed(3)}.`,
    )
    return 0
  })
}

export function runPromotions(context: CliContext, wanted: string): Promise<number> {
  return withReading(context, 'promotions', async (call) => {
    const { id, name } = await findDataset(call, wanted)
    const promotions = await call('promotions.list', { datasetId: id })
    const { output } = context
    for (const promotion of promotions) output.record({ type: 'promotion', promotion })
    output.print(
      promotions.length === 0
        ? `No model of ${name} was promoted. "bitw promote RUN" does it.`
        : table(
            [['', 'run', 'when', 'who', 'temperature', 'threshold', 'why'], ...promotions.map(row)],
            [4, 5],
          ),
    )
    const [now] = promotions
    if (typeof now?.unusedTemperature === 'number')
      output.print(`\nThe model in use has ${unusedTemperatureText(now.unusedTemperature)}.`)
    return 0
  })
}

function row(promotion: Promotion, index: number): string[] {
  const { runId, runName, atMs, byWhom, temperature, threshold, why } = promotion
  return [
    index === 0 && runId !== null ? 'in use' : '',
    runName ?? '(none)',
    time(atMs),
    byWhom,
    temperature?.toFixed(3) ?? '',
    threshold?.toFixed(2) ?? '',
    why,
  ]
}

async function promoted(promote: () => Promise<Promotion>): Promise<Promotion> {
  try {
    return await promote()
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || thrown.code !== 'needs-consent') throw thrown
    throw new WorkbenchError(thrown.code, thrown.message, 'Promote another run, or add --despite-floors.')
  }
}
