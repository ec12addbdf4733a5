import { describe, expect, it } from 'vitest'
import { atOnce } from '../../src/domain/in-turns'
import { findingSameBytes } from '../../src/domain/same-bytes'

const image = (contentHash: string, classIndex: number) => ({ contentHash, classIndex })

describe('images of the same bytes', () => {
  it('are found where they are of two classes, and where they are in two parts', () => {
    const images = [image('a', 0), image('b', 0), image('a', 1), image('b', 0), image('c', 1), image('c', 1)]
    expect(atOnce(findingSameBytes(images, ['train', 'train', 'train', 'test', 'val', 'val']))).toEqual({
      classes: [0, 2],
      parts: [1, 3],
    })
  })

  it('are no finding within one class and one part, and may be both', () => {
    expect(atOnce(findingSameBytes([image('a', 0), image('a', 0)], ['train', 'train']))).toEqual({
      classes: [],
      parts: [],
    })
    expect(
      atOnce(findingSameBytes([image('a', 0), image('a', 0), image('a', 1)], ['train', 'test', 'test'])),
    ).toEqual({
      classes: [0, 1, 2],
      parts: [0, 1, 2],
    })
  })
})
