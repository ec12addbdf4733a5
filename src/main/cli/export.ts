import { resolve } from 'node:path'
import type { CliContext } from './context'
import { findRun } from './find'
import { bytes, count } from './format'
import { withCore } from './open'

export async function runExport(
  context: CliContext,
  wanted: string,
  path: string,
  format: 'npz' | 'safetensors',
): Promise<number> {
  const { output } = context
  return withCore(context, 'export', async (core) => {
    const run = await findRun(core.call, wanted)
    const exported = await core.call('runs.export', { id: run.id, format, path: resolve(path) })
    output.record({ type: 'export', runId: run.id, ...exported })
    output.print(
      `${exported.path}: the weights of "${run.name}" after ${count(exported.stepIndex)} steps, ${bytes(exported.byteCount)}`,
    )
    return 0
  })
}
