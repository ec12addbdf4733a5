import { expect, it } from 'vitest'
import { oneAtATime } from '../../../src/renderer/state/one-at-a-time'

it('a question that is wanted often while it is asked is asked once more, and never twice at once', async () => {
  const answers: (() => void)[] = []
  let atOnce = 0
  const ask = oneAtATime(async () => {
    expect(++atOnce).toBe(1)
    await new Promise<void>((resolve) => answers.push(resolve))
    atOnce--
  })
  const first = ask()
  const second = ask()
  const third = ask()
  expect(answers).toHaveLength(1)
  answers[0]?.()
  await new Promise((resolve) => setImmediate(resolve))
  expect(answers).toHaveLength(2)
  answers[1]?.()
  await Promise.all([first, second, third])
  expect(answers).toHaveLength(2)
  const later = ask()
  expect(answers).toHaveLength(3)
  answers[2]?.()
  await later
})
