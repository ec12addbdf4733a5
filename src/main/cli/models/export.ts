import {
  exportFormatNames,
  type Certificate,
  type ExportFormat,
  type ExportResult,
} from '../../../contract/entities/export'
import type { LossName } from '../../../contract/entities/run'
import type { CliContext } from '../context'
import { followTask } from '../follow-task'
import { bytes, count, table } from '../text/format'
import { findModelId } from './model-id'
import { withoutWriting } from '../machine/open'
import { pathArgument } from '../path-argument'

export interface ExportOptions {
  readonly format: ExportFormat
  readonly overwrite?: boolean
  readonly crop?: number
  readonly loss?: LossName
}

export async function runExport(
  context: CliContext,
  wanted: string,
  path: string,
  { format, overwrite, crop, loss }: ExportOptions,
): Promise<number> {
  const { output } = context
  const folder = pathArgument(path)
  return withoutWriting(context, 'export', async (core) => {
    const modelId = await findModelId(core.call, wanted)
    const { taskId } = await core.call('exports.start', {
      modelId,
      format,
      path: folder,
      overwrite: overwrite === true,
      ...(crop !== undefined && { cropPx: crop }),
      ...(loss !== undefined && { loss }),
    })
    await followTask(context, core, taskId)
    const result = await core.call('exports.result', { taskId })
    output.record({ type: 'export', modelId, ...result })
    output.print(exportText(result))
    return 0
  })
}

function exportText({ path, files, byteCount, certificate }: ExportResult): string {
  const written = `${path}: ${certificate.model.name} as ${exportFormatNames[certificate.format]}, ${count(files.length)} files, ${bytes(byteCount)}`
  return `${written}\n\n${certificateText(certificate)}`
}

function certificateText(certificate: Certificate): string {
  const { images, runtime, engine, logits, probabilities, tolerance, resize, decoder, bitExact } = certificate
  const short = (value: number): string => (value === 0 ? '0' : value.toExponential(1))
  const agree = images.filter(({ argMaxAgrees }) => argMaxAgrees).length
  return table([
    ['Certificate', `${count(images.length)} generated images, ${agree} with the same top class`],
    ['Opened with', `${runtime.name} ${runtime.version}, ${runtime.device}`],
    ['Compared with', `${engine.name} ${engine.version}, ${engine.device}`],
    ['Logits', `differ by at most ${short(logits.absolute)} (allowed: ${short(tolerance.absolute)})`],
    ['Probabilities', `differ by at most ${short(probabilities.absolute)}`],
    ...(bitExact === true ? [['Read back', 'weights identical, bit for bit']] : []),
    ...(resize === null
      ? []
      : [['Built-in resize', `within ${short(resize.greatestLevels)} grey levels of the reference`]]),
    [
      "With the workbench's image decoder",
      `${decoder.photos.length} generated photos, ${decoder.photos.filter(({ argMaxAgrees }) => argMaxAgrees).length} with the same top class; median difference ${decoder.meanLevels.median.toFixed(2)} grey levels, probabilities ${short(decoder.probabilities.median)}; worst ${decoder.meanLevels.worst.toFixed(2)}, ${short(decoder.probabilities.worst)}`,
    ],
  ])
}
