/** Exports of a small model in this process, on the engine that is loaded. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Certificate, ExportFormat } from '../../../src/contract/entities/export'
import type { EngineReport } from '../../../src/contract/entities/model'
import { exportModel } from '../../../src/main/trainer/export/export-model'
import type { ModelFacts } from '../../../src/domain/model/model-facts'
import { writeSafetensors } from '../../../src/main/weights/safetensors'
import type { ExportJob, FromTrainerBody } from '../../../src/main/protocol/messages'
import { formulaWeights } from './formula'

export const smallModel: ModelFacts = {
  name: 'small',
  title: 'small',
  architecture: 'units:1-2-1-1,width:0.5',
  spec: { units: [1, 2, 1, 1], width: 0.5 },
  classCount: 5,
  classNames: ['red oak', 'Eiche "rot"', 'chêne', 'オーク', 'd'],
  cropPx: 40,
  loss: 'softmax',
  trainedOn: 'Numbers from a formula.',
}

/** In the repository, so that Node finds its packages from there. Removed by `remove`. */
export function exportFolder(): { path: string; remove(): void } {
  const parent = resolve('out/test')
  mkdirSync(parent, { recursive: true })
  const path = mkdtempSync(join(parent, 'export-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

async function writeSmallWeights(folder: string, model = smallModel): Promise<string> {
  const path = join(folder, 'weights.safetensors')
  await writeSafetensors(formulaWeights(model.spec, model.classCount), path)
  return path
}

export interface Exported {
  readonly folder: string
  readonly certificate: Certificate
  readonly files: readonly string[]
  readonly phases: readonly string[]
}

/** Into parent/format. */
export async function exportSmall(
  parent: string,
  format: ExportFormat,
  engine: EngineReport,
  options: { model?: ModelFacts; written?: (folder: string) => Promise<void> } = {},
): Promise<Exported> {
  const model = options.model ?? smallModel
  const folder = join(parent, format)
  mkdirSync(folder)
  const weightsPath = await writeSmallWeights(parent, model)
  const job: ExportJob = { kind: 'export', format, weightsPath, folder, model, workbenchVersion: '0.0.0' }
  const sent: FromTrainerBody[] = []
  const out = {
    send: (body: FromTrainerBody) => {
      sent.push(body)
      return Promise.resolve()
    },
  }
  await exportModel(job, out, { engine, clock: () => 0, written: async () => options.written?.(folder) })
  const last = sent.at(-1)
  if (last?.type !== 'exported') throw new Error('Nothing was exported.')
  return {
    folder,
    certificate: last.certificate,
    files: last.files.map(({ path }) => path),
    phases: sent.flatMap((body) => (body.type === 'progress' ? [body.phase] : [])),
  }
}
