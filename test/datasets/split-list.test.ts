import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { splitList } from '../../src/main/datasets/split-list'
import { temporaryFolder, writeTree } from '../images/support/images'
import { imageBytes, makeImages, scan } from './support/scan-helpers'

beforeAll(makeImages)

describe('a split written as a list', () => {
  it('is the same split when it is imported', async () => {
    const folder = temporaryFolder()
    const names = ['a b/1.jpg', '#c/2.jpg', 'ü/3.jpg', '4.jpg']
    const parts = ['train', 'val', 'test', 'train'] as const
    const classes = ['one', 'two words', 'one', 'two words']
    await writeTree(folder, Object.fromEntries(names.map((name, index) => [name, imageBytes(index)])))
    const images = names.map((key, index) => ({
      key,
      className: classes[index] ?? '',
      part: parts[index] ?? 'train',
    }))
    const { text, imageCount, leftOutCount } = splitList(images, 'mine\nand yours')
    expect([imageCount, leftOutCount]).toEqual([4, 0])
    await writeTree(folder, { 'split.txt': text })
    const found = await scan(join(folder, 'split.txt'))
    expect(
      found.images.map(({ key, classIndex }, index) => ({
        key,
        className: found.classNames[classIndex],
        part: found.split.parts[index],
      })),
    ).toEqual(images)
    expect(found.split.origin).toBe('folders')
  })

  it('leaves out what no line can hold, and counts it', () => {
    const image = { key: '1.jpg', className: 'one', part: 'train' } as const
    const odd = [{ key: 'a\tb.jpg' }, { key: 'a\nb.jpg' }, { key: 'a.jpg ' }, { className: 'o\tne' }]
    expect(splitList([image, ...odd.map((change) => ({ ...image, ...change }))], 'x')).toEqual({
      text: '# x: path, class, part\n1.jpg\tone\ttrain\n',
      imageCount: 1,
      leftOutCount: 4,
    })
  })
})
