import { describe, expect, it } from 'vitest'
import { tooManyMissing } from '../../src/main/images/missing-rule'
import { imagesMissing, sourceMissing } from '../../src/main/images/missing-words'
import { openSource } from '../../src/main/sources/sources'
import type { JobImages } from '../../src/main/protocol/messages'

/** `perClass` images of each of two classes in turn. */
function part(perClass: number, name: string): JobImages {
  const count = 2 * perClass
  return {
    ids: Array.from({ length: count }, (_, index) => index),
    keys: Array.from(
      { length: count },
      (_, index) => `${index % 2 === 0 ? 'elm' : 'oak'}/${name}${String(index)}.jpg`,
    ),
    labelIndices: Array.from({ length: count }, (_, index) => index % 2),
  }
}
const images = { train: part(250, 'a'), val: part(1, 'b'), test: part(20, 'c') }
const { words } = openSource({ kind: 'folder', path: '/photos' })
const classNames = ['elm', 'oak']

const found = (missing: (part: string, index: number) => boolean) => tooManyMissing(images, missing)

describe('images that are missing', () => {
  it.each<[string, (part: string, index: number) => boolean]>([
    ['none', () => false],
    ['four of 40, which is more than 1 %', (of, index) => of === 'test' && index < 4],
    ['five of 500, which is 1 %', (of, index) => of === 'train' && index < 5],
    ['the only validation image of a class', (of, index) => of === 'val' && index === 0],
  ])('are few: %s', (_, missing) => {
    expect(found(missing)).toBeNull()
  })

  it('are too many above 1 % and at least five', () => {
    expect(found((of, index) => of === 'train' && index < 6)).toMatchObject({
      kind: 'share',
      missingCount: 6,
      total: 500,
    })
    expect(found((of, index) => of === 'test' && index < 5)).toMatchObject({
      kind: 'share',
      part: 'test',
      total: 40,
    })
  })

  it('are too many where a class is lost with them, or a part', () => {
    expect(found((of, index) => of === 'test' && index % 2 === 1)).toEqual({
      kind: 'class',
      part: 'test',
      classIndex: 1,
      missingCount: 20,
      total: 20,
      exampleKey: 'oak/c1.jpg',
    })
    expect(found((of) => of === 'val')).toMatchObject({ kind: 'part', part: 'val', total: 2 })
  })

  it('are named with the class, the counts, an example, the folder and the way out', () => {
    const oak = found((of, index) => of === 'train' && index % 2 === 1)
    if (oak === null) return expect.fail('a class is missing')
    const error = imagesMissing(oak, words, classNames, 'before')
    expect(error.code).toBe('images-missing')
    expect(error.message).toBe(
      'None of the 250 training images of the class "oak" can be read, for example oak/a1.jpg in /photos. The run was not started.',
    )
    expect(error.wayOut).toBe(
      'Put the files back where they were, then start again. To train on what is there now, check the dataset again and take the changes in.',
    )
    const few = found((of, index) => of === 'train' && index < 10)
    if (few === null) return expect.fail('2 % are missing')
    expect(imagesMissing(few, words, classNames, 'during').message).toMatch(
      /^10 of 500 training images \(2\.0 % of them\) cannot be read, .* The run was interrupted/,
    )
    expect(sourceMissing(words, 542, 'It no longer exists.', 'before').message).toBe(
      'The image folder /photos cannot be read. It no longer exists. All 542 images of this run are in it. The run was not started.',
    )
  })
})
