import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEntryCodes } from '../../src/main/rpc/entry-codes'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
const minutes = (count: number): void => void vi.advanceTimersByTime(count * 60_000)

describe('the code of the link for people', () => {
  it('stays good for as long as nobody has used it', () => {
    const codes = createEntryCodes(() => undefined)
    const code = codes.current()
    minutes(10_000)
    expect(codes.current()).toBe(code)
    expect(codes.take(code)).toBe(true)
  })

  it('opens a second browser soon after the first, then runs out, and another one is told of', () => {
    const told = vi.fn()
    const codes = createEntryCodes(told)
    const code = codes.current()
    expect(codes.take(code)).toBe(true)
    minutes(9)
    expect(codes.take(code)).toBe(true)
    expect(told).not.toHaveBeenCalled()
    minutes(2)
    expect(told).toHaveBeenCalledTimes(1)
    expect(codes.take(code)).toBe(false)
    expect(codes.current()).not.toBe(code)
    expect(codes.take(codes.current())).toBe(true)
  })

  it('lasts where the secret was given from outside', () => {
    const codes = createEntryCodes(() => undefined, 'given')
    expect(codes.take('given')).toBe(true)
    minutes(10_000)
    expect(codes.take('given')).toBe(true)
  })
})

describe('a code for one use', () => {
  it('is used up by its first use', async () => {
    const codes = createEntryCodes(() => undefined)
    const { code, ended } = codes.once()
    expect(codes.take(code)).toBe(true)
    expect(await ended).toBe(true)
    expect(codes.take(code)).toBe(false)
  })

  it('runs out soon where no browser comes', async () => {
    const codes = createEntryCodes(() => undefined)
    const { code, ended } = codes.once()
    minutes(3)
    expect(await ended).toBe(false)
    expect(codes.take(code)).toBe(false)
  })
})
