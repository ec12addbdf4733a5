/** What is missing and what to do, in words, for those who refuse to train on what is left. */
import type { SplitPart } from '../../contract/entities/dataset'
import { WorkbenchError } from '../../contract/errors'
import type { TooManyMissing } from './missing-rule'

interface Place {
  readonly rootPath: string
  readonly classNames: readonly string[]
}

/** `before` the start or the resumption of a run: nothing has happened. `during`: the run is interrupted and can be resumed. */
export type When = 'before' | 'during'

/** The folder of all images is not there. `reason` ends with a full stop. */
export function folderMissing(
  { rootPath }: Pick<Place, 'rootPath'>,
  imageCount: number,
  reason: string,
  when: When,
): WorkbenchError {
  return new WorkbenchError(
    'images-missing',
    `The folder of the images, ${rootPath}, cannot be read: ${reason} It holds all ${count(imageCount)} images of this run. ${outcome(when)}`,
    `Connect the drive or put the folder back, then ${again(when)}.`,
  )
}

export function imagesMissing(found: TooManyMissing, place: Place, when: When): WorkbenchError {
  const of = `${partWords[found.part]} ${found.total === 1 ? 'image' : 'images'}`
  const name = found.classIndex === null ? '' : (place.classNames[found.classIndex] ?? '')
  const all = found.total === 1 ? `The only ${of}` : `All ${count(found.total)} ${of}`
  const what = {
    part: all,
    class: `${all} of the class "${name}"`,
    share: `${count(found.missingCount)} of ${count(found.total)} ${of} (${percent(found)} of them)`,
  }[found.kind]
  return new WorkbenchError(
    'images-missing',
    `${what} cannot be read, for example ${found.examplePath} in ${place.rootPath}. ${outcome(when)}`,
    `Put the files back where they were, then ${again(when)}. To train on what is there now, import the folder again.`,
  )
}

export const partWords: Readonly<Record<SplitPart, string>> = {
  train: 'training',
  val: 'validation',
  test: 'test',
}

function outcome(when: When): string {
  return when === 'before' ? 'Nothing was started.' : 'The run was interrupted after its last whole step.'
}

function again(when: When): string {
  return when === 'before' ? 'start again' : 'resume the run: it goes on with the same numbers'
}

function percent({ missingCount, total }: TooManyMissing): string {
  return `${((100 * missingCount) / total).toFixed(1)} %`
}

function count(value: number): string {
  return value.toLocaleString('en')
}
