import { flushSync } from 'svelte'
import { describe, expect, it } from 'vitest'
import { startCounter } from './support/counter.svelte'

describe('whenever', () => {
  it('does its work anew for each new value, and ends the work of the one before first', () => {
    const counter = startCounter()
    flushSync()
    counter.follow(1)
    flushSync()
    counter.follow(2)
    flushSync()
    expect(counter.said).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2'])
    counter.stop()
    expect(counter.said.at(-1)).toBe('end 2')
  })

  it('does nothing where the value comes out the same', () => {
    const counter = startCounter()
    flushSync()
    counter.follow(0.4)
    flushSync()
    expect(counter.said).toEqual(['begin 0'])
    counter.stop()
  })

  it('does not follow what its work reads and writes', () => {
    const counter = startCounter()
    flushSync()
    counter.work(7)
    flushSync()
    expect(counter.said).toEqual(['begin 0'])
    expect(counter.worked).toBe(8)
    counter.stop()
  })
})
