import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { agreement, bounds, lossesOf } from './bench-modules'

describe('bench gpu without a card', () => {
  // an empty PATH has no nvidia-smi, so it is the same on a machine that has a card
  const bench = (...words: string[]) =>
    spawnSync(process.execPath, ['bench/run.mjs', 'gpu', ...words], {
      encoding: 'utf8',
      env: { ...process.env, PATH: '' },
    })

  it('says in one line that it was not run, and ends well', () => {
    const { status, stdout } = bench()
    expect(stdout).toBe('Not run: there is no NVIDIA card (nvidia-smi names none).\n')
    expect(status).toBe(0)
  })

  it('says it in JSON too', () => {
    const { status, stdout } = bench('--json')
    expect(JSON.parse(stdout)).toMatchObject({ case: 'gpu', ran: false })
    expect(status).toBe(0)
  })
})

const onProcessor = { CUDA_VISIBLE_DEVICES: '' }

describe('agreement of losses', () => {
  const bound = { first: 1e-3, later: 1e-2 }

  it.each([
    ['the same', [2, 1, 0.5], true],
    ['later ones apart within their bound', [2, 1.009, 0.5], true],
    ['the first apart by more than its bound', [2.004, 1, 0.5], false],
    ['a later one apart by more than its bound', [2, 1, 0.51], false],
    ['one that is no number', [2, 1, NaN], false],
    ['one missing', [2, 1], false],
  ])('%s', (_, losses, agrees) => {
    expect(agreement(losses, [2, 1, 0.5], bound).agrees).toBe(agrees)
  })

  it('of bfloat16 on the processor is within the bound that a card is held to, and tells it from float32', async () => {
    const float32 = await lossesOf('float32', onProcessor)
    const bfloat16 = await lossesOf('bfloat16', onProcessor)
    expect(agreement(bfloat16, float32, bounds.bfloat16).agrees).toBe(true)
    expect(agreement(bfloat16, float32, bounds.bfloat16).worst).toBeGreaterThan(0)
    expect(float32.at(-1)).toBeLessThan((float32[0] ?? 0) - 0.01)
  })
})
