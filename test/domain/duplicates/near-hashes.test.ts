import { describe, expect, it } from 'vitest'
import { createGroups } from '../../../src/domain/duplicates/groups'
import { differenceHash, mirroredHash } from '../../../src/domain/duplicates/difference-hash'
import { bitDistance, indexHashes } from '../../../src/domain/duplicates/near-hashes'
import { randomStream } from '../../../src/domain/random'

function randomHashes(count: number, seed: number): Uint16Array {
  const next = randomStream(seed)
  return Uint16Array.from({ length: count * 4 }, () => Math.floor(next() * 65_536))
}

describe('hashes that differ in few bits', () => {
  it.for([3, 7, 11])('finds every pair within %i bits that comparing each with each finds', (mostBits) => {
    const count = 400
    const hashes = randomHashes(count, 1)
    const next = randomStream(2)
    // Half of them are copies of others with some bits turned.
    for (let place = 0; place < count; place += 2) {
      for (let word = 0; word < 4; word++) hashes[(place + 1) * 4 + word] = hashes[place * 4 + word] ?? 0
      for (let turn = 0; turn < (place / 2) % 16; turn++) {
        const bit = Math.floor(next() * 64)
        const at = (place + 1) * 4 + (bit >> 4)
        hashes[at] = (hashes[at] ?? 0) ^ (1 << (bit & 15))
      }
    }
    const index = indexHashes(hashes)
    const found = new Set<string>()
    for (let one = 0; one < count; one++)
      index.near(hashes, one, mostBits, (other) => {
        expect(found.has(`${String(one)} ${String(other)}`)).toBe(false)
        found.add(`${String(one)} ${String(other)}`)
      })
    const wanted = new Set<string>()
    for (let one = 0; one < count; one++)
      for (let other = 0; other < count; other++)
        if (bitDistance(hashes, one, hashes, other) <= mostBits) wanted.add(`${String(one)} ${String(other)}`)
    expect(found).toEqual(wanted)
    expect(wanted.size).toBeGreaterThan(count + 100)
  })

  it('counts the bits of all four words', () => {
    const hashes = Uint16Array.from([0, 0, 0, 0, 1, 3, 0x8000, 0xffff])
    expect(bitDistance(hashes, 0, hashes, 1)).toBe(1 + 2 + 1 + 16)
  })
})

describe('the difference hash', () => {
  const grey = Array.from({ length: 72 }, (_, place) => (place * 37) % 101)

  it('has a bit for each step down to the right, in rows of eight', () => {
    const falling = Array.from({ length: 72 }, (_, place) => 9 - (place % 9))
    expect([...differenceHash(falling)]).toEqual([0xffff, 0xffff, 0xffff, 0xffff])
    expect([...differenceHash(falling.map((level) => -level))]).toEqual([0, 0, 0, 0])
    const first = Array.from({ length: 72 }, (_, place) => (place === 9 ? 1 : 0))
    expect([...differenceHash(first)]).toEqual([1 << 8, 0, 0, 0])
  })

  it('stays as it is under another light', () => {
    expect(differenceHash(grey.map((level) => level * 1.1 + 8))).toEqual(differenceHash(grey))
  })

  it('is of a mirrored image what the mirrored hash is of the image', () => {
    const mirrored = grey.map((_, place) => grey[Math.floor(place / 9) * 9 + 8 - (place % 9)] ?? 0)
    expect(differenceHash(mirrored)).toEqual(mirroredHash(grey))
    expect(mirroredHash(mirrored)).toEqual(differenceHash(grey))
  })
})

it('joins pairs to groups, whatever their order, and leaves out what is alone', () => {
  const groups = createGroups(8)
  groups.join(6, 2)
  groups.join(5, 1)
  groups.join(2, 4)
  groups.join(1, 4)
  expect(groups.list()).toEqual([[1, 2, 4, 5, 6]])
  expect(groups.areJoined(6, 5)).toBe(true)
  expect(groups.areJoined(0, 5)).toBe(false)
  expect(groups.first(6)).toBe(1)
  expect(groups.first(7)).toBe(7)
})
