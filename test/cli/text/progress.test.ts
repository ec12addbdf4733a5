import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { createProgress } from '../../../src/main/cli/text/progress'

function progressOn(isTTY: boolean): {
  at(ms: number, text: string): void
  written(): string
  clear(): void
} {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 20 })
  let now = 0
  const progress = createProgress(stream, () => now)
  return {
    at: (ms, text) => {
      now = ms
      progress.show(text)
    },
    clear: () => progress.clear(),
    written: () => String(stream.read() ?? ''),
  }
}

it('writes one line over in a terminal, cut to its width, and takes it away', () => {
  const { at, written, clear } = progressOn(true)
  at(0, 'step 1')
  at(50, 'step 2')
  at(150, 'step 3 of a hundred thousand')
  expect(written()).toBe('\r\x1b[2Kstep 1\r\x1b[2Kstep 3 of a hundred')
  clear()
  clear()
  expect(written()).toBe('\r\x1b[2K')
})

it('writes a line every few seconds into a file, without control characters', () => {
  const { at, written, clear } = progressOn(false)
  for (let ms = 0; ms <= 10_000; ms += 100) at(ms, `step ${ms}`)
  clear()
  expect(written()).toBe('step 0\nstep 5000\nstep 10000\n')
})
