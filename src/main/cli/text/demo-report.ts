import type { Confusion } from '../../../contract/entities/confusion'
import type { DatasetDetail } from '../../../contract/entities/dataset'
import type { Prediction, Run } from '../../../contract/entities/run'
import { WorkbenchError } from '../../../contract/errors'
import type { Core } from '../../host/compose'
import { runReportHtml } from '../../report/run-report'
import { openStreamedFile } from '../../report/streamed-file'

export interface RunFindings {
  readonly run: Run
  readonly dataset: DatasetDetail
  readonly confusion: Confusion
  /** The wrong images to show, worst first. */
  readonly mistakes: readonly Prediction[]
  readonly wrongCount: number
}

/** Images in the report are small enough to keep the file light and large enough to judge. */
const imagePx = 256

/** Writes the run as one HTML file: wholly, or not at all. */
export async function writeRunReport(core: Core, findings: RunFindings, path: string): Promise<void> {
  const { run, mistakes } = findings
  const html = runReportHtml({
    ...findings,
    steps: await core.call('runs.steps', { id: run.id, fromStep: 0 }),
    evaluations: await core.call('runs.evaluations', { id: run.id }),
    mistakes: await Promise.all(
      mistakes.map(async (prediction) => ({
        prediction,
        image: await imageOrNone(core, prediction.imageId),
        verdict: null,
      })),
    ),
    madeAtMs: run.endedAtMs ?? run.createdAtMs,
    card: null,
  })
  const file = openStreamedFile(path, (head) => head.toString('latin1').startsWith('<!doctype html>'))
  try {
    file.append(html)
    file.finish()
  } finally {
    file.close()
  }
}

/** An image that has gone since the run is said in its place; the report is still worth having. */
async function imageOrNone(core: Core, imageId: number): Promise<Awaited<ReturnType<Core['image']>> | null> {
  try {
    return await core.image({ imageId }, imagePx)
  } catch (thrown) {
    if (thrown instanceof WorkbenchError) return null
    throw thrown
  }
}
