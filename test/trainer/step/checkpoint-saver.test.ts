import { expect, it } from 'vitest'
import { createCheckpointSaver } from '../../../src/main/trainer/step/checkpoint-saver'
import type { TensorSource } from '../../../src/main/trainer/step/send-checkpoint'

const state: TensorSource = {
  tensorHeaders: () => [{ name: 'w', shape: [4] }],
  async *readTensors() {
    yield await Promise.resolve({ name: 'w', data: new Float32Array(4) })
  },
}

function saverAt(copyMs: number) {
  let nowMs = 0
  const slow: TensorSource = {
    ...state,
    async *readTensors() {
      nowMs += copyMs
      yield* state.readTensors()
    },
  }
  const saver = createCheckpointSaver({ send: () => Promise.resolve() }, 1000, () => nowMs)
  const save = async (): Promise<void> => {
    await saver.save(slow, 1, () => Promise.resolve())
    await saver.settled()
  }
  return { saver, save, wait: (ms: number) => (nowMs += ms) }
}

it('a state that was copied quickly is saved again soon, so that the best of a short run is kept', async () => {
  const { saver, save, wait } = saverAt(12)
  await save()
  wait(500)
  expect(saver.isCheap(state)).toBe(false)
  wait(200)
  expect(saver.isCheap(state)).toBe(true)
})

it('a state that steps waited long for is saved again only when that is a fiftieth of the time', async () => {
  const { saver, save, wait } = saverAt(5_000)
  await save()
  wait(200_000)
  expect(saver.isCheap(state)).toBe(false)
  wait(60_000)
  expect(saver.isCheap(state)).toBe(true)
})

it('before the first one nobody knows what it costs: it waits half a minute', () => {
  const { saver, wait } = saverAt(1)
  wait(29_000)
  expect(saver.isCheap(state)).toBe(false)
  wait(2_000)
  expect(saver.isCheap(state)).toBe(true)
})
