/** A key that was pressed, as the list of keys shows it. Pure. */

const modifiers = ['Control', 'Meta', 'Shift', 'Alt', 'AltGraph', 'CapsLock']

/** Another key may follow. */
export function isModifier({ key }: Pick<KeyboardEvent, 'key'>): boolean {
  return modifiers.includes(key)
}

/** 'Ctrl K', 'Ctrl Shift E', 'F1', 'Q'; null of one that does nothing by itself. */
export function shownKeys({
  key,
  ctrlKey,
  metaKey,
  shiftKey,
  altKey,
}: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): string | null {
  if (altKey) return null
  const isLetter = /^[a-z\d]$/i.test(key)
  if (!isLetter && !/^F\d{1,2}$/.test(key) && !['/', '?', '.', ','].includes(key)) return null
  const named = isLetter ? key.toUpperCase() : key
  return [...(ctrlKey || metaKey ? ['Ctrl', ...(shiftKey && isLetter ? ['Shift'] : [])] : []), named].join(
    ' ',
  )
}
