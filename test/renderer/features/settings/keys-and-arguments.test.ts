import { describe, expect, it } from 'vitest'
import { argumentsText, readArguments } from '../../../../src/renderer/features/settings/arguments-text'
import { shownKeys } from '../../../../src/renderer/features/settings/shown-keys'

const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false }

describe('a command as a line', () => {
  it('is the same words again', () => {
    const words = ['/usr/bin/notify-send', 'Run {run}', 'a "quoted" one', 'back\\slash', '']
    expect(readArguments(argumentsText(words))).toEqual(words)
    expect(readArguments('  say   hello  ')).toEqual(['say', 'hello'])
    expect(readArguments('')).toEqual([])
  })
})

describe('a key that was pressed', () => {
  it('reads as the list of keys shows it', () => {
    expect(shownKeys({ ...none, key: 'k', ctrlKey: true })).toBe('Ctrl K')
    expect(shownKeys({ ...none, key: 'E', ctrlKey: true, shiftKey: true })).toBe('Ctrl Shift E')
    expect(shownKeys({ ...none, key: 'F2' })).toBe('F2')
  })

  it('is none where it does nothing by itself', () => {
    for (const key of ['Shift', 'Control', 'Tab', ' ', 'Enter'])
      expect(shownKeys({ ...none, key })).toBe(null)
    expect(shownKeys({ ...none, key: 'x', altKey: true })).toBe(null)
  })
})
