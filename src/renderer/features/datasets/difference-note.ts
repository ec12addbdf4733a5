/** Behind the path of an image that differs: where it was, what it was. Pure. */
import type { ImageDifference } from '../../../contract/entities/dataset'

export function differenceNote({ kind, wasKey, className, wasClassName, note }: ImageDifference): string {
  const otherClass = className !== null && wasClassName !== null && className !== wasClassName
  return [
    kind === 'new' ? `class ${className ?? ''}` : '',
    kind === 'moved' ? `was ${wasKey ?? ''}` : '',
    kind === 'changed' ? 'another content' : '',
    kind === 'gone' ? (note === '' ? 'not there any more' : note) : '',
    otherClass ? `class ${wasClassName} is now ${className}` : '',
    kind === 'relabelled' && !otherClass ? note || 'another part' : '',
  ]
    .filter((part) => part !== '')
    .join(', ')
}
