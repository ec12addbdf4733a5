import { expect, it, vi } from 'vitest'
import type * as Machine from '../../../src/main/engine/machine'
import type { NativeTensorflow } from '../../../src/main/trainer/engines/tensorflow/tensorflow'
import { tensorflowReport } from '../../../src/main/trainer/engines/report'

vi.mock('../../../src/main/engine/machine', async (original) => ({
  ...(await original<typeof Machine>()),
  findGpu: () => ({ name: 'Some card', memoryBytes: 80e9, freeMemoryBytes: 2e9, driver: '570' }),
}))

it('tells all the memory that a card has, not what another training left of it at that moment', () => {
  const native = { version: '2.20.0', usesGpu: true } as NativeTensorflow
  expect(tensorflowReport(native, 'not compiled').memoryBytes).toBe(80e9)
})
