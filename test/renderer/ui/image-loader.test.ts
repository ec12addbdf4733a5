import fc from '../../support/properties'
import { describe, expect, it } from 'vitest'
import {
  createImageLoader,
  nearnesses,
  type LoadTicket,
  type Nearness,
  type ImageLoader,
} from '../../../src/renderer/ui/image-loader'

/** A loader whose time is turned by hand, and what happened in it: '+a' started, '-a' was stopped. */
function setUp(atOnce: number): {
  loader: ImageLoader
  happened: string[]
  settle: () => void
  want: (name: string, nearness?: Nearness) => LoadTicket
} {
  const planned: (() => void)[] = []
  const happened: string[] = []
  const loader = createImageLoader(atOnce, (run) => planned.push(run))
  return {
    loader,
    happened,
    settle: () => planned.splice(0).forEach((run) => run()),
    want: (name, nearness = 'seen') =>
      loader.want(
        { start: () => happened.push(`+${name}`), stop: () => happened.push(`-${name}`) },
        nearness,
      ),
  }
}

describe('the queue of images', () => {
  it('asks for nothing that was gone before the list came to rest', () => {
    const { happened, settle, want } = setUp(6)
    for (let screen = 0; screen < 100; screen++) {
      for (const ticket of [want(`${screen}a`), want(`${screen}b`)]) ticket.cancel()
    }
    want('stays')
    settle()
    expect(happened).toEqual(['+stays'])
  })

  it('has only so many under way at once, and starts the next when one is done or gone', () => {
    const { happened, settle, want } = setUp(2)
    const [a, b] = [want('a'), want('b'), want('c'), want('d')]
    settle()
    expect(happened).toEqual(['+a', '+b'])
    a.done()
    expect(happened).toEqual(['+a', '+b', '+c'])
    b.cancel()
    expect(happened).toEqual(['+a', '+b', '+c', '-b', '+d'])
  })

  it('takes the one that is looked at first, then what is in sight, each in the order in which it came', () => {
    const { happened, settle, want } = setUp(1)
    const tickets = [
      want('n1', 'near'),
      want('s1'),
      want('n2', 'near'),
      want('s2'),
      want('large', 'first'),
    ] as const
    settle()
    for (const at of [4, 1, 3, 0] as const) tickets[at].done()
    expect(happened.join(' ')).toBe('+large +s1 +s2 +n1 +n2')
  })

  it('moves an image forward that comes into sight, before the list rests and after', () => {
    const { happened, settle, want } = setUp(1)
    const first = want('first')
    want('a', 'near')
    const b = want('b', 'near')
    b.move('seen')
    settle()
    const c = want('c', 'near')
    settle()
    c.move('first')
    first.done()
    c.done()
    expect(happened).toEqual(['+first', '+c', '+b'])
  })

  it('neither stops nor starts again what has come', () => {
    const { happened, settle, want } = setUp(1)
    const a = want('a')
    settle()
    a.done()
    a.move('first')
    a.cancel()
    a.done()
    settle()
    expect(happened).toEqual(['+a'])
  })

  it('whatever comes, goes and is done in whatever order: never too many at once, and all that stays is loaded', () => {
    const steps = fc.array(
      fc.record({
        what: fc.constantFrom('want', 'cancel', 'done', 'move', 'settle'),
        which: fc.nat(30),
        nearness: fc.constantFrom(...nearnesses),
      }),
      { maxLength: 80 },
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), steps, (atOnce, actions) => {
        const planned: (() => void)[] = []
        const loader = createImageLoader(atOnce, (run) => planned.push(run))
        const underWay = new Set<number>()
        const came = new Set<number>()
        const tickets: LoadTicket[] = []
        const gone = new Set<number>()
        const done = (id: number): void => {
          if (underWay.delete(id)) came.add(id)
          tickets[id]?.done()
        }
        for (const { what, which, nearness } of actions) {
          const id = tickets.length === 0 ? 0 : which % tickets.length
          if (what === 'want') {
            const own = tickets.length
            tickets.push(
              loader.want({ start: () => underWay.add(own), stop: () => underWay.delete(own) }, nearness),
            )
          } else if (what === 'cancel') {
            tickets[id]?.cancel()
            gone.add(id)
          } else if (what === 'done' && underWay.has(id)) done(id)
          else if (what === 'move') tickets[id]?.move(nearness)
          else if (what === 'settle') planned.splice(0).forEach((run) => run())
          expect(underWay.size).toBeLessThanOrEqual(atOnce)
        }
        planned.splice(0).forEach((run) => run())
        for (let [id] = underWay; id !== undefined; [id] = underWay) done(id)
        tickets.forEach((_, id) => expect(came.has(id) || gone.has(id)).toBe(true))
      }),
    )
  })
})
