/** What is missing and what to do, in words, for those who refuse to train on what is left. */
import type { SplitPart } from '../../contract/entities/dataset'
import { unreadableLead } from '../../contract/entities/run'
import { WorkbenchError } from '../../contract/errors'
import { formatCount } from '../../domain/figures'
import type { SourceWords } from '../sources/source'
import type { TooManyMissing } from './missing-rule'
import { refusalWords } from './system-refusal'

/** `before` the start or the resumption of a run: nothing has happened. `during`: the run is interrupted and can be resumed. */
export type When = 'before' | 'during'

/** None of the images can be read. `reason` ends with a full stop. */
export function sourceMissing(
  { subject, bringBack }: Pick<SourceWords, 'subject' | 'bringBack'>,
  imageCount: number,
  reason: string,
  when: When,
): WorkbenchError {
  return new WorkbenchError(
    'images-missing',
    `${subject} cannot be read. ${reason} All ${formatCount(imageCount)} images of this run are in it. ${outcome(when)}`,
    `${bringBack}, then ${again(when)}. If the images are at another place now, locate them there first.`,
  )
}

export function imagesMissing(
  found: TooManyMissing,
  { place }: Pick<SourceWords, 'place'>,
  classNames: readonly string[],
  when: When,
): WorkbenchError {
  const of = `${partWords[found.part]} ${found.total === 1 ? 'image' : 'images'}`
  const ofClass = found.classIndex === null ? '' : ` of the class "${classNames[found.classIndex] ?? ''}"`
  const what =
    found.kind === 'share'
      ? `${formatCount(found.missingCount)} of ${formatCount(found.total)} ${of} (${percent(found)} of them) cannot be read`
      : found.total === 1
        ? `The only ${of}${ofClass} cannot be read`
        : `None of the ${formatCount(found.total)} ${of}${ofClass} can be read`
  return new WorkbenchError(
    'images-missing',
    `${what}, for example ${found.exampleKey} in ${place}. ${outcome(when)}`,
    `Put the files back where they were, then ${again(when)}. To train on what is there now, check the dataset again and take the changes in.`,
  )
}

/** During a run the system refuses to read on: no fault of the images, of which none counts as missing. */
export function readingRefused(path: string, error: unknown): WorkbenchError {
  const { what, remedy } = refusalWords(path, error)
  return new WorkbenchError(
    'images-missing',
    `${what} ${outcome('during')}`,
    `${remedy} Then ${again('during')}.`,
    { cause: error },
  )
}

/** Images that cannot be read are named in the log one by one; of more only the count is said. */
export const namedAtMost = 20

/** The line after those that are named: how many there are besides, and how many in all. */
export function restText(restCount: number, allCount: number): string {
  return `${unreadableLead}${String(restCount)} more, ${String(allCount)} in total.`
}

export const partWords: Readonly<Record<SplitPart, string>> = {
  train: 'training',
  val: 'validation',
  test: 'test',
}

function outcome(when: When): string {
  return when === 'before'
    ? 'The run was not started.'
    : 'The run was interrupted; every completed step was kept.'
}

function again(when: When): string {
  return when === 'before' ? 'start again' : 'resume the run: it continues exactly where it stopped'
}

function percent({ missingCount, total }: TooManyMissing): string {
  return `${((100 * missingCount) / total).toFixed(1)} %`
}
