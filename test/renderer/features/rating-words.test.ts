import { expect, it } from 'vitest'
import type { JudgedImage, Rating } from '../../../src/contract/entities/rating'
import {
  chosenWords,
  verdictSentence,
  verdictWords,
  votesWords,
} from '../../../src/renderer/features/ratings/rating-words'

const votes = { prediction: 0, label: 0, both: 0, neither: 0, unsure: 0 }
const image = (changes: Partial<JudgedImage>): JudgedImage => ({
  ...{ position: 0, imageId: 1, path: 'a/1.jpg', aspect: 1, prediction: 'Iris', label: 'Crocus' },
  ...{ verdict: null, votes, freeLabel: '', notes: [] },
  ...changes,
})

it('an image is said with the words on the screen first, then what the raters say', () => {
  expect(verdictSentence(image({}))).toBe('Iris Crocus: prediction, label; not rated. a/1.jpg')
  expect(verdictSentence(image({ verdict: 'label', votes: { ...votes, label: 2, unsure: 1 } }))).toBe(
    'Iris Crocus: prediction, label; label better (2 label, 1 unsure). a/1.jpg',
  )
  const wrongAfterAll = image({ label: 'Iris', verdict: 'neither', votes: { ...votes, neither: 1 } })
  expect(verdictSentence(wrongAfterAll)).toMatch(/^Iris Iris not right: /)
  expect(votesWords(votes)).toBe('')
  expect(verdictWords(wrongAfterAll)).toBe('Not right: 1 not right')
  expect(verdictWords(image({ verdict: 'label', votes: { ...votes, label: 2, unsure: 1 } }))).toBe(
    'Label better: 2 label, 1 unsure',
  )
  expect(verdictWords(image({}))).toBe('Not judged')
})

it.each([
  [{ query: '', sample: null, rest: 0 }, 'all mistakes'],
  [{ query: '', sample: null, rest: 60 }, 'all mistakes, and 60 right predictions at random'],
  [
    { query: 'label:Iris', sample: 20, rest: 1 },
    'images of “label:Iris” at random, and 1 right prediction at random',
  ],
])('%j is %s', (choice, words) => {
  expect(chosenWords({ spec: { choice: { ...choice, seed: 1 } } } as Rating)).toBe(words)
})
