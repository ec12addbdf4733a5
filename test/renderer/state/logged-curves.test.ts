import { expect, it } from 'vitest'
import { leftOutWords } from '../../../src/renderer/state/runs/logged-curves'

const metric = (name: string, pointCount: number) => ({ name, pointCount, last: 1 })

it('says what the charts of another program’s run leave out, and nothing where they have all', () => {
  expect(leftOutWords([metric('loss', 20_000)])).toBe('')
  expect(leftOutWords([metric('loss', 20_001)])).toMatch(/more than 20.000 points/)
  const many = Array.from({ length: 101 }, (_, at) => metric(`m${String(at)}`, at === 100 ? 1e6 : 3))
  expect(leftOutWords(many)).toBe('The charts have the first 100 curves.')
})
