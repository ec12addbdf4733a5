/** The whole sample dataset, drawn once, is in test/preflight/preflight.test.ts. */
import { hash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { drawSampleDataset } from '../../src/main/datasets/sample-dataset'
import { drawScene, sampleClasses } from '../../src/main/datasets/sample/scene'
import { dice } from '../../src/main/datasets/sample/sketch'
import { randomStream } from '../../src/domain/random'
import { temporaryFolder } from '../images/support/images'

test('the same seed draws the same pixels, another seed others', async () => {
  for (const { draw } of sampleClasses) {
    const digest = async (seed: number): Promise<string> =>
      hash('sha256', (await drawScene(draw, dice(randomStream(seed)))).pixels, 'hex')
    expect(await digest(1)).toBe(await digest(1))
    expect(await digest(2)).not.toBe(await digest(1))
  }
})

test('drawing can be cancelled', async () => {
  const target = temporaryFolder()
  const controller = new AbortController()
  const drawing = drawSampleDataset(target, 1, controller.signal, ({ done }) => {
    if (done >= 5) controller.abort()
  })
  await expect(drawing).rejects.toMatchObject({ code: 'cancelled' })
  expect((await readdir(target)).includes('known.json')).toBe(false)
})
