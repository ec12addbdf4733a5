/** Each state of a run in plain words: what happened, what was kept, what to do. Pure. */
import { assertNever } from '../../../contract/errors'
import { earlierResultStep, type Choice, type Run } from '../../../contract/entities/run'
import { formatDuration } from '../../format'

export interface StateWords {
  /** What happened. */
  readonly what: string
  /** What was kept; '' where that is not the question. */
  readonly kept: string
  /** What to do; '' where there is nothing to do. */
  readonly next: string
  /** Shown as a notice, not only as the state's name. */
  readonly notice: boolean
}

type Facts = Pick<
  Run,
  'state' | 'stepsDone' | 'recipe' | 'checkpointStep' | 'error' | 'evaluatedOn' | 'accuracy'
>

export function stateWords(run: Facts): StateWords {
  const of = `${run.stepsDone.toLocaleString('en')} of ${run.recipe.stepCount.toLocaleString('en')} steps`
  switch (run.state) {
    case 'starting':
      return plain('Starting: loading the engine, the weights and the images.')
    case 'training':
      return plain(`Training, ${of}.`)
    case 'evaluating':
      return plain(`${of} are done. Classifying every ${partName(run)} image.`)
    case 'done':
      return run.accuracy === null
        ? plain(`${of} are trained. Accuracy: not measured, because no held-out image was evaluated.`)
        : plain(`${of} are trained and evaluated.`)
    case 'stopped':
      return {
        what: `You stopped this run after ${of}.`,
        kept: `The weights of that step were evaluated and saved.`,
        next: canResume(run) ? 'Resume trains the remaining steps.' : '',
        notice: true,
      }
    case 'failed':
      return {
        what: run.error?.message ?? `This run failed after ${of}.`,
        kept: keptWords(run),
        next: run.error?.wayOut ?? '',
        notice: true,
      }
    case 'interrupted':
      if (run.error?.code === 'images-missing') {
        const { message, wayOut } = run.error
        return { what: message, kept: keptWords(run), next: wayOut, notice: true }
      }
      return {
        what:
          run.error?.message ??
          `The workbench closed while this run was at step ${run.stepsDone.toLocaleString('en')} of ${run.recipe.stepCount.toLocaleString('en')}.`,
        kept: keptWords(run),
        next: resumeWords(run),
        notice: true,
      }
    case 'paused':
      return {
        what: `Paused after ${of}.`,
        kept: keptWords(run),
        next: resumeWords(run),
        notice: true,
      }
    default:
      return assertNever(run.state)
  }
}

/** Of those that could not be read, so many are named above the curves. */
const namedAtMost = 5

/** How many images could not be read, which, and what became of them; '' where all could. */
export function unreadableWords({ unreadable: { count, first } }: Pick<Run, 'unreadable'>): string {
  if (count === 0) return ''
  const named = first.slice(0, namedAtMost)
  const names = named.map(({ path }) => path).join(', ')
  const more = count > named.length ? ', …' : ''
  const what =
    count === 1
      ? 'One image could not be read. It keeps its place in the batches but is not counted'
      : `${count.toLocaleString('en')} images could not be read. They keep their places in the batches but are not counted`
  return `${what}, in training and in the accuracy: ${names}${more}`
}

/** Which files had another content than at the import: 'roses/1.jpg, roses/2.jpg from step 40 on, …' */
export function changedWords({
  changedCount,
  changedFirst,
}: Pick<Run, 'changedCount' | 'changedFirst'>): string {
  const named = changedFirst.slice(0, namedAtMost)
  const names = named.map(({ path, fromStep }) =>
    fromStep === 0 ? path : `${path} from step ${fromStep.toLocaleString('en')} on`,
  )
  return `${names.join(', ')}${changedCount > names.length ? ', …' : ''}`
}

/** Where the results are older than the run's steps: 'From before the resume, after step 20'; else ''. */
export function earlierWords(run: Pick<Run, 'state' | 'resultStep'>): string {
  const step = earlierResultStep(run)
  return step === null ? '' : `From before the resume, after step ${step.toLocaleString('en')}`
}

/** Whether it can go on: from its last checkpoint, or, where it was interrupted before the first one, from its beginning. */
export function canResume({ state, checkpointStep }: Pick<Run, 'state' | 'checkpointStep'>): boolean {
  return (
    state === 'interrupted' ||
    state === 'paused' ||
    (checkpointStep !== null && (state === 'stopped' || state === 'failed'))
  )
}

/** What to do about what interrupted it, unless that was a closed window, and what Resume does. */
function resumeWords({ checkpointStep, error }: Pick<Run, 'checkpointStep' | 'error'>): string {
  const resume =
    checkpointStep === null
      ? 'Resume starts it again from step 0: its seed is the same, so the results are too.'
      : `Resume continues from step ${checkpointStep.toLocaleString('en')}, with the same results as if it had never stopped.`
  if (error === null || error.code === 'cancelled' || error.wayOut.startsWith('Resume')) return resume
  return `${error.wayOut} ${resume}`.trim()
}

/**
 * What was planned and what it took from the start to the last evaluation: 'planned 59 s, took 1 min 4 s'. `resumed`: the time between is in
 * it. '' where neither is known. A run that failed took no time that could be compared.
 */
export function timeWords(
  {
    state,
    createdAtMs,
    endedAtMs,
    expectedMs,
  }: Pick<Run, 'state' | 'createdAtMs' | 'endedAtMs' | 'expectedMs'>,
  resumed: boolean,
): string {
  const planned = expectedMs === null ? [] : [`planned ${formatDuration(expectedMs)}`]
  if (endedAtMs === null || (state !== 'done' && state !== 'stopped')) return planned.join('')
  const took = formatDuration(endedAtMs - createdAtMs)
  const ended = state === 'done' ? `took ${took}` : `stopped after ${took}`
  return [...planned, resumed ? `${ended}, interruptions included` : ended].join(', ')
}

/** "test", "validation" or "training", as a person says it. */
export function partName(run: Pick<Run, 'evaluatedOn'>): string {
  if (run.evaluatedOn === 'val') return 'validation'
  return run.evaluatedOn === 'train' ? 'training' : 'test'
}

/** Who put another value in the rule's place, as it stands beside it. */
export function departureTag({ by }: NonNullable<Choice['departure']>, budgetMs: number | null): string {
  if (by === 'again') return 'as before'
  if (by !== 'budget') return 'yours'
  return budgetMs === null ? 'for the budget' : `for ${formatDuration(budgetMs)}`
}

/** Why the value stands there, and what the rule would have. */
export function choiceTitle({ because, departure }: Pick<Choice, 'because' | 'departure'>): string {
  if (departure === null) return because
  const rule = `Rule: ${departure.ruleValue}`
  return departure.by === undefined || departure.by === 'user' ? rule : `${because}. ${rule}`
}

function keptWords(run: Facts): string {
  const curves = run.stepsDone > 0 ? `The curves of ${run.stepsDone.toLocaleString('en')} steps` : ''
  const weights =
    run.checkpointStep === null ? '' : `the weights of step ${run.checkpointStep.toLocaleString('en')}`
  if (curves === '' && weights === '') return 'Nothing was lost: no step was completed yet.'
  if (weights === '') return `${curves} were kept. No weights were saved yet.`
  return curves === '' ? `Kept: ${weights}.` : `${curves} and ${weights} were kept.`
}

function plain(what: string): StateWords {
  return { what, kept: '', next: '', notice: false }
}
