import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { listDatasets, jobImages, getDataset } from '../../src/main/store/datasets/datasets'
import { imageLayout } from '../../src/main/store/datasets/images'
import { addDataset, eachPart, syntheticScan, temporaryStore } from './support/home'

it('takes 100,000 images, and counts and lays them out (the rate is printed, not judged)', () => {
  const { db, homePath } = temporaryStore()
  const classNames = Array.from({ length: 100 }, (_, index) => `class ${String(index).padStart(3, '0')}`)
  const scan = syntheticScan(classNames, 1000)
  const timed = <Result>(work: () => Result): [Result, number] => {
    const start = performance.now()
    return [work(), performance.now() - start]
  }
  const [id, insertMs] = timed(() => addDataset(db, 'large', scan))
  const [layout, layoutMs] = timed(() => imageLayout(db, id, {}))
  const [tests, partMs] = timed(() => imageLayout(db, id, { part: 'test' }))
  const [, listMs] = timed(() => listDatasets(db))
  const [job, jobMs] = timed(() => jobImages(db, getDataset(db, id).split.id))
  db.pragma('wal_checkpoint(TRUNCATE)')
  const bytes = statSync(join(homePath, 'workbench.db')).size
  console.log(
    `100,000 images: insert ${insertMs.toFixed(0)} ms (${(1e8 / insertMs).toFixed(0)}/s), ${(bytes / 1e5).toFixed(0)} bytes an image, ` +
      `layout ${layoutMs.toFixed(0)} ms, of a part ${partMs.toFixed(0)} ms, list ${listMs.toFixed(1)} ms, job ${jobMs.toFixed(0)} ms`,
  )
  expect(layout.ids).toHaveLength(100_000)
  expect(tests.ids).toHaveLength(20_000)
  expect(eachPart.reduce((sum, part) => sum + job.images[part].ids.length, 0)).toBe(100_000)
})
