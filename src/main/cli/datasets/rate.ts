/** Ratings on the command line. */
import { extname } from 'node:path'
import {
  answers,
  wallFormatSchema,
  type AccuracyForm,
  type Outcome,
  type Rating,
  type Shown,
  type Votes,
} from '../../../contract/entities/rating'
import { WorkbenchError } from '../../../contract/errors'
import type { CliContext } from '../context'
import { findRating, findRun } from './find'
import { followToEnd } from '../follow-task'
import { count, plural, table } from '../text/format'
import { withAnyCore, withReading } from '../machine/open'
import { pathArgument } from '../path-argument'
import { withCaret } from '../text/query-caret'

export interface RateStartOptions {
  readonly name?: string
  readonly sample?: number
  readonly rest: number
  readonly seed: number
  readonly shown: Shown
  readonly controls: number
}

export function runRateList(context: CliContext): Promise<number> {
  return withReading(context, 'rate list', async (call) => {
    const ratings = await call('ratings.list', {})
    for (const rating of ratings) context.output.record({ type: 'rating', rating })
    const rows = ratings.map(({ id, name, imageCount, spec, raters }) => [
      String(id),
      name,
      count(imageCount),
      spec.shown,
      spec.runName,
      raters.map((rater) => `${rater.name} ${count(rater.done)}/${count(rater.total)}`).join(', '),
    ])
    context.output.print(
      rows.length === 0
        ? 'There is no rating yet. "bitw rate start RUN" starts one.'
        : table([['', 'rating', 'images', 'shown', 'run', 'raters'], ...rows]),
    )
    return 0
  })
}

export function runRateStart(
  context: CliContext,
  wanted: string,
  query: string,
  { name = '', sample, rest, seed, shown, controls }: RateStartOptions,
): Promise<number> {
  return withAnyCore(context, 'rate start', async (core) => {
    const run = await findRun(core.call, wanted)
    const choice = { query, sample: sample ?? null, rest, seed }
    const rating = await withCaret(query, () =>
      core.call('ratings.start', { runId: run.id, name, choice, shown, controls }),
    )
    context.output.record({ type: 'rating', rating })
    context.output.print(
      `The rating "${rating.name}" (${rating.id}) has ${plural(rating.imageCount, 'image')}, ${count(rating.controlCount)} of them twice.\nRate in the window: Mistakes, Rate. "bitw rate export ${rating.id} FILE" writes it for another machine.`,
    )
    return 0
  })
}

export function runRateShow(context: CliContext, wanted: string): Promise<number> {
  return withReading(context, 'rate show', async (call) => {
    const rating = await findRating(call, wanted)
    const outcome = await call('ratings.outcome', { id: rating.id })
    context.output.record({ type: 'rating-outcome', rating, outcome })
    context.output.print(outcomeText(rating, outcome))
    return 0
  })
}

export function runRateExport(
  context: CliContext,
  wanted: string,
  typed: string,
  { rater, images }: { rater?: string; images: boolean },
): Promise<number> {
  const path = pathArgument(typed)
  return withAnyCore(context, 'rate export', async (core) => {
    const rating = await findRating(core.call, wanted)
    const asked = { id: rating.id, rater: rater ?? null, path, withImages: images }
    const { taskId } = await core.call('ratings.export', asked)
    await followToEnd(context, core, taskId)
    context.output.record({ type: 'rating-exported', ratingId: rating.id, path })
    context.output.print(`The rating "${rating.name}" is in ${path}.`)
    return 0
  })
}

export function runRateImport(context: CliContext, typed: readonly string[]): Promise<number> {
  const paths = typed.map(pathArgument)
  return withAnyCore(context, 'rate import', async (core) => {
    for (const path of paths) {
      const { taskId } = await core.call('ratings.import', { path })
      const { note, resultId } = await followToEnd(context, core, taskId)
      context.output.record({ type: 'rating-imported', path, ratingId: resultId, note })
      context.output.print(`${path}: ${note}`)
    }
    return 0
  })
}

export interface RateWallOptions {
  readonly rating?: string
  readonly run?: string
  readonly query: string
  readonly plain?: boolean
}

export function runRateWall(context: CliContext, typed: string, options: RateWallOptions): Promise<number> {
  const path = pathArgument(typed)
  const format = wallFormatSchema.safeParse(extname(path).slice(1).toLowerCase())
  if (!format.success)
    throw new WorkbenchError(
      'bad-input',
      `${path} has an ending that no wall has.`,
      'End it in .svg, .png or .html.',
    )
  const { rating, run, query } = options
  if (rating === undefined && run === undefined)
    throw new WorkbenchError('bad-input', 'It is not said of what.', 'Give --rating or --run.')
  return withAnyCore(context, 'rate wall', async (core) => {
    const of =
      rating === undefined
        ? { runId: (await findRun(core.call, run ?? '')).id, query }
        : { ratingId: (await findRating(core.call, rating)).id }
    const { taskId } = await core.call('ratings.wall', {
      of,
      format: format.data,
      plain: options.plain === true,
      path,
    })
    const { note } = await followToEnd(context, core, taskId)
    context.output.record({ type: 'wall', path, note })
    context.output.print(note)
    return 0
  })
}

export function runRateCorrect(context: CliContext, wanted: string): Promise<number> {
  return withAnyCore(context, 'rate correct', async (core) => {
    const { id } = await findRating(core.call, wanted)
    const { changed, summary } = await core.call('ratings.correct', { id })
    context.output.record({ type: 'labels-changed', changed, summary })
    context.output.print(
      changed === 0
        ? 'The raters together correct no label that is not corrected already.'
        : `${plural(changed, 'label')} corrected. "bitw labels undo" takes it back.`,
    )
    return 0
  })
}

function outcomeText(rating: Rating, outcome: Outcome): string {
  const { verdicts, restVerdicts, kappa, kappaCount, raters } = outcome
  const raterRows = raters.map(({ name, done, total, votes, controls }) => [
    name,
    `${count(done)} of ${count(total)}`,
    ...answers.map((answer) => count(votes[answer])),
    controls.count === 0 ? '' : `${count(controls.same)} of ${count(controls.count)}`,
  ])
  const line = (name: string, votes: Votes, of: string): string[] => [
    name,
    of,
    ...answers.map((answer) => count(votes[answer])),
    '',
  ]
  const forms: readonly [string, AccuracyForm][] = [
    ['as labelled', outcome.asLabelled],
    ['adjudicated', outcome.adjudicated],
    ['noise-adjusted', outcome.noiseAdjusted],
  ]
  return [
    `${rating.name}: ${plural(rating.imageCount, 'image')} of ${rating.spec.runName}, ${rating.spec.datasetName}, ${rating.spec.part}`,
    table([
      ['', 'answered', ...answers, 'controls alike'],
      ...raterRows,
      line('all, of mistakes', verdicts, `${count(outcome.judgedWrong)} of ${count(outcome.wrong)}`),
      line('all, of right ones', restVerdicts, `${count(outcome.judgedRest)} of ${count(outcome.rest)}`),
    ]),
    kappa === null
      ? 'κ needs images with two answers or more.'
      : `Fleiss’ κ ${kappa.value.toFixed(3)}, 95 % interval ${kappa.low.toFixed(3)} to ${kappa.high.toFixed(3)}, of ${plural(kappaCount, 'image')}`,
    ...forms.map(([name, { accuracy, basis }]) =>
      accuracy === null
        ? `Accuracy ${name}: none. ${basis}`
        : `Accuracy ${name}: ${(accuracy.value * 100).toFixed(2)} %, 95 % interval ${(accuracy.low * 100).toFixed(2)}–${(accuracy.high * 100).toFixed(2)} %. ${basis}`,
    ),
  ].join('\n\n')
}
