import { renameSync } from 'node:fs'
import { expect, test, beforeAll } from 'vitest'
import { rescanDataset } from '../../src/main/datasets/rescan'
import { addressOf } from '../../src/main/sources/sources'
import type { StoredImage } from '../../src/main/store/datasets/stored-images'
import { writeTree } from '../images/support/images'
import { datasetWith, imageBytes, makeImages, scan } from './support/scan-helpers'

beforeAll(makeImages)

test('a folder that goes while it is checked has not lost its images one by one', async () => {
  const rootPath = await datasetWith({ 'cat/2.jpg': imageBytes(2), 'dog/2.jpg': imageBytes(3) })
  const { images, classNames } = await scan(rootPath)
  const stored = images.map((image, index): StoredImage => {
    return { ...image, id: index + 1, className: classNames[image.classIndex] ?? '', part: 'train' }
  })
  await writeTree(rootPath, { 'cat/3.jpg': imageBytes(4), 'dog/3.jpg': imageBytes(5) })
  const address = await addressOf(rootPath)
  let isAway = false
  const checked = rescanDataset(address, stored, new Map(), new Set(), {
    signal: new AbortController().signal,
    progress({ phase }) {
      if (isAway || phase === 'Finding images') return
      renameSync(rootPath, `${rootPath}-away`)
      isAway = true
    },
  })
  await expect(checked).rejects.toMatchObject({
    code: 'images-missing',
    message: expect.stringContaining('Nothing was changed.') as string,
  })
  expect(isAway).toBe(true)
})
