/** What the window's process believes of a page. */
import { describe, expect, it } from 'vitest'
import { newFileQuestionSchema, pageFactsSchema } from '../../src/contract/wire'

describe('what a page tells the menu', () => {
  const facts = { inView: 'image', theme: 'dark', typing: false }
  it('is taken where it is complete and nothing else', () => {
    expect(pageFactsSchema.parse(facts)).toEqual(facts)
    expect(pageFactsSchema.parse({ ...facts, inView: null }).inView).toBeNull()
    for (const wrong of [
      {},
      { ...facts, inView: '/etc/passwd' },
      { ...facts, theme: 'pink' },
      { ...facts, typing: 'yes' },
      { ...facts, path: '/etc' },
    ])
      expect(pageFactsSchema.safeParse(wrong).success).toBe(false)
  })
})

describe('a question for a new file', () => {
  it('has a path to begin with, and endings that are plain', () => {
    const question = { suggestedPath: '/home/me/features.npz', endings: ['npz', 'csv'] }
    expect(newFileQuestionSchema.parse(question)).toEqual(question)
    for (const endings of [['*'], ['n/p'], ['.npz'], [''], 'npz', Array(21).fill('npz')])
      expect(newFileQuestionSchema.safeParse({ ...question, endings }).success).toBe(false)
  })
})
