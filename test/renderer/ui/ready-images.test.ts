import { describe, expect, it } from 'vitest'
import { createImageLoader, type LoadTicket, type Nearness } from '../../../src/renderer/ui/image-loader'
import { createReadyImages } from '../../../src/renderer/ui/ready-images'

/** Images whose number is even are ready. What happened: '?1,2' was asked, '=2' was shown, '+1' was asked for at its own address, '-1' was stopped there. */
function setUp(atOnce = 3) {
  const happened: string[] = []
  const answers: ((fails: boolean) => void)[] = []
  const planned: (() => void)[] = []
  const loader = createReadyImages({
    alone: createImageLoader(2, (run) => queueMicrotask(run)),
    atOnce,
    soon: (run) => planned.push(run),
    ask: (keys) => {
      happened.push(`?${keys.map(({ id }) => id).join()}`)
      return new Promise((resolve, reject) =>
        answers.push((fails) =>
          fails
            ? reject(new Error('The line was lost.'))
            : resolve(keys.map(({ id }) => (id % 2 === 0 ? `data:${id}` : null))),
        ),
      )
    },
  })
  return {
    happened,
    want: (id: number, nearness: Nearness = 'seen'): LoadTicket =>
      loader.want(
        {
          start: () => happened.push(`+${id}`),
          stop: () => happened.push(`-${id}`),
          ready: { key: { id, px: 256 }, show: () => happened.push(`=${id}`) },
        },
        nearness,
      ),
    wantAlone: () =>
      loader.want({ start: () => happened.push('+alone'), stop: () => happened.push('-alone') }, 'seen'),
    /** What came together has come. */
    soon: () => planned.splice(0).forEach((run) => run()),
    async answer(fails = false) {
      answers.splice(0).forEach((give) => give(fails))
      await new Promise((resolve) => setTimeout(resolve))
    },
  }
}

describe('images that are ready', () => {
  it('are asked for in one question, and only those that are not ready at their own addresses', async () => {
    const { happened, want, soon, answer } = setUp()
    want(2)
    want(3)
    want(4)
    soon()
    await answer()
    expect(happened).toEqual(['?2,3,4', '=2', '=4', '+3'])
  })

  it('are asked for in questions of a bounded length, one after the other, what is in sight first', async () => {
    const { happened, want, soon, answer } = setUp()
    want(10, 'near')
    want(2)
    want(12, 'near').move('first')
    want(4)
    soon()
    soon()
    expect(happened).toEqual(['?12,2,4'])
    await answer()
    soon()
    await answer()
    expect(happened).toEqual(['?12,2,4', '=12', '=2', '=4', '?10', '=10'])
  })

  it('are neither asked for nor shown once they have left the list', async () => {
    const { happened, want, soon, answer } = setUp()
    want(2).cancel()
    const [shown, odd] = [want(4), want(3)]
    soon()
    shown.cancel()
    odd.cancel()
    await answer()
    expect(happened).toEqual(['?4,3'])
  })

  it('that are asked for at their own addresses are stopped there when they leave, and make room when they are done', async () => {
    const { happened, want, soon, answer } = setUp(4)
    const tickets = [want(1), want(3), want(5), want(7)] as const
    soon()
    await answer()
    tickets[0].cancel()
    tickets[1].done()
    expect(happened).toEqual(['?1,3,5,7', '+1', '+3', '-1', '+5', '+7'])
  })

  it('come at their own addresses where the question fails, and where none leads to them', async () => {
    const { happened, want, wantAlone, soon, answer } = setUp()
    wantAlone()
    want(2)
    soon()
    await answer(true)
    expect(happened).toEqual(['?2', '+alone', '+2'])
  })
})
