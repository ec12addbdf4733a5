import { describe, expect, it } from 'vitest'
import { atOnce } from '../../src/domain/in-turns'
import { readingSplitList } from '../../src/main/datasets/read-split-list'
import { splitList } from '../../src/main/datasets/split-list'

const keys = ['oak/1.jpg', 'oak/2 b.jpg', '#elm/3.jpg']
const ids = new Map(keys.map((key, at) => [key, at + 1]))
const read = (text: string) => atOnce(readingSplitList(text, ids, '/data/trees'))

describe('a list of parts', () => {
  it('is understood as it is written', () => {
    const images = keys.map((key) => ({ key, className: 'a tree', part: 'val' as const }))
    const { parts, faultCount } = read(splitList(images, 'trees').text)
    expect([...parts]).toEqual([
      [1, 'val'],
      [2, 'val'],
      [3, 'val'],
    ])
    expect(faultCount).toBe(0)
  })

  it.each([
    ['oak/1.jpg test', 1],
    ['oak/1.jpg\tTesting', 1],
    ['  ./oak/1.jpg   oak   test  ', 1],
    ['/data/trees/oak/1.jpg test', 1],
    ['oak/2 b.jpg test', 2],
    ['oak/2 b.jpg oak test', 2],
    ['oak/2 b.jpg\tan oak\ttest', 2],
  ])('has its path found in %j', (line, id) => {
    expect([...read(`# a note\r\n\r\n${line}\r\n`).parts]).toEqual([[id, 'test']])
  })

  it('has the lines counted and named that fit no image, and the first of two that differ used', () => {
    const found = read('oak/1.jpg train\noak/9.jpg test\noak/2 b.jpg\noak/1.jpg test\noak/1.jpg train\nx')
    expect([...found.parts]).toEqual([[1, 'train']])
    expect(found.faultCount).toBe(4)
    expect(found.faults).toEqual([
      { line: 2, text: 'oak/9.jpg test', reason: 'the dataset has no such image' },
      { line: 3, text: 'oak/2 b.jpg', reason: '“b.jpg” is not train, val or test' },
      { line: 4, text: 'oak/1.jpg test', reason: 'an earlier line puts it into train' },
      { line: 6, text: 'x', reason: 'it needs a path and a part' },
    ])
  })

  it('has no more than the first twenty of them named', () => {
    const { faults, faultCount } = read(Array.from({ length: 5000 }, () => 'none.jpg test').join('\n'))
    expect([faults.length, faultCount]).toEqual([20, 5000])
  })
})
