import { expect, it } from 'vitest'
import { countGroups, groupOf } from '../../../src/domain/comparison/compare'

const judged = (label: string, first: string, second: string) => ({ label, first, second })

it.each([
  ['elm', 'oak', 'elm', 'fixed'],
  ['elm', 'elm', 'oak', 'broken'],
  ['elm', 'oak', 'oak', 'same-wrong'],
  ['elm', 'oak', 'ash', 'other-wrong'],
  ['elm', 'elm', 'elm', 'right'],
])('an image of %s that is first called %s and then %s is in the group %s', (label, first, second, group) => {
  expect(groupOf(judged(label, first, second))).toBe(group)
})

it('the classes with most changes come first, and their counts add up to those of all', () => {
  const { counts, classes } = countGroups([
    judged('ash', 'ash', 'ash'),
    judged('elm', 'oak', 'elm'),
    judged('elm', 'elm', 'oak'),
    judged('oak', 'elm', 'oak'),
  ])
  expect(classes.map(({ name }) => name)).toEqual(['elm', 'oak', 'ash'])
  expect(counts).toEqual({ fixed: 2, broken: 1, 'same-wrong': 0, 'other-wrong': 0, right: 1 })
  expect(classes[0]?.counts).toMatchObject({ fixed: 1, broken: 1 })
})
