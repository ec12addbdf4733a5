/** What is said where many images are missing: the same, whichever of them failed first. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TrainJob } from '../../../src/main/protocol/messages'
import { openMissingImages } from '../../../src/main/trainer/data/missing-images'
import { tinyJob } from '../support/tiny-job'

let folder = ''
let job: TrainJob
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-missing-'))
  job = await tinyJob(folder)
  for (const key of job.images.val.keys) await rm(join(folder, key))
})
afterAll(() => rm(folder, { recursive: true }))

test.each([
  ['one', [4]],
  ['a whole class', [1, 3]],
  ['all', [0, 1, 2, 3, 4]],
])('where a part is gone, that is said, also when %s of it failed so far', async (_, failed) => {
  const val = openMissingImages({ ...job, reasonOf: () => '' }).of('val')
  for (const index of failed) val.note(index, 16)
  await expect(val.judge()).rejects.toMatchObject({
    code: 'images-missing',
    message: expect.stringMatching(
      /^None of the 5 validation images can be read, for example 12\.png/,
    ) as unknown,
  })
})

test('where the look at all files is stopped, what failed so far is judged', async () => {
  const val = openMissingImages({ ...job, reasonOf: () => '', stopped: () => true }).of('val')
  val.note(4, 16)
  await val.judge()
  val.note(1, 16)
  val.note(3, 16)
  await expect(val.judge()).rejects.toMatchObject({
    message: expect.stringContaining('None of the 2 validation images of the class "blue"') as unknown,
  })
})
