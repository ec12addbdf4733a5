import type { Change } from '../../domain/query/edit'

/** What a click on a bar or a cell does to the query: alone it narrows, with Shift it adds, with Ctrl or ⌘ it leaves out. */
export function clickChange({
  shiftKey,
  ctrlKey,
  metaKey,
}: Pick<MouseEvent, 'shiftKey' | 'ctrlKey' | 'metaKey'>): Change {
  if (ctrlKey || metaKey) return 'leave-out'
  return shiftKey ? 'add' : 'narrow'
}

export const clickHelp = 'Click: only this. Shift: this too. Ctrl: all but this.'
