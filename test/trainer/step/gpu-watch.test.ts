import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseUse, watchGpu } from '../../../src/main/trainer/step/gpu-watch'

/** A driver's program that says `lines` and then waits. */
function program(lines: readonly string[]): { path: string; asked: () => string } {
  const folder = mkdtempSync(join(tmpdir(), 'bitw-gpu-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'nvidia-smi')
  const says = lines.map((line) => `echo '${line}'`).join('\n')
  writeFileSync(path, `#!/bin/sh\necho "$@" > ${folder}/asked\n${says}\nexec sleep 60\n`)
  chmodSync(path, 0o700)
  return { path, asked: () => readFileSync(join(folder, 'asked'), 'utf8') }
}

describe.runIf(process.platform !== 'win32')('the watch of a GPU', () => {
  it('knows what the driver said last, of the GPU that the process sees first', async () => {
    const { path, asked } = program(['3', '97'])
    const watch = watchGpu({ CUDA_VISIBLE_DEVICES: '2,3' }, path)
    onTestFinished(() => watch.close())
    await expect.poll(() => watch.use()).toBe(0.97)
    expect(asked()).toContain('--id=2')
  })

  it('knows nothing where the driver cannot say', async () => {
    const { path } = program(['50', '[N/A]'])
    const watch = watchGpu({}, path)
    onTestFinished(() => watch.close())
    await expect.poll(() => watch.use()).toBeNull()
    expect(parseUse('')).toBeNull()
    expect(parseUse('100')).toBe(1)
    expect(parseUse('garbage')).toBeNull()
  })

  it('knows nothing where there is no such program', async () => {
    const watch = watchGpu({}, '/nowhere/nvidia-smi')
    await expect.poll(() => watch.use()).toBeNull()
    watch.close()
  })
})
