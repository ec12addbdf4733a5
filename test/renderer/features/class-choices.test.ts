import { describe, expect, it } from 'vitest'
import { classChoices } from '../../../src/renderer/features/labels/class-choices'

const names = ['Bluebell', 'Crocus', 'Iris', 'Tigerlily', 'Lily Valley']
const shown = (text: string, likely: string[] = []) =>
  classChoices(names, 'Iris', likely, text).map(({ name, note }) =>
    note === '' ? name : `${name} (${note})`,
  )

describe('the classes that an image can be given', () => {
  it('are all but its own, what the model takes it for first', () => {
    expect(shown('', ['Crocus', 'Iris'])).toEqual([
      'Crocus (prediction)',
      'Bluebell',
      'Tigerlily',
      'Lily Valley',
    ])
  })

  it('are those that the text begins, then those that hold it', () => {
    expect(shown('LI')).toEqual(['Lily Valley', 'Tigerlily', 'LI (new class)'])
  })

  it('have a new one where no class is called so', () => {
    expect(shown(' Tulip ')).toEqual(['Tulip (new class)'])
    expect(shown('crocus')).toEqual(['Crocus'])
    expect(shown('iris')).toEqual([])
  })
})
