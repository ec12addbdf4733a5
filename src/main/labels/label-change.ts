import type { LabelChange } from '../../contract/entities/label'
import type { LabelState } from '../../domain/labels/label-log'

/** Whether it would change what holds. `className`: the class that the image has now. */
export function isChange(change: LabelChange, state: LabelState | null, className: string): boolean {
  switch (change.kind) {
    case 'label':
      return change.className !== className
    case 'exclude':
      return state?.excluded !== true
    case 'restore':
      return state?.excluded === true
    case 'note':
      return change.text !== (state?.note ?? '')
    case 'tag':
      return state?.tags.includes(change.tag) !== true
    case 'untag':
      return state?.tags.includes(change.tag) === true
  }
}
