/** A model's card: where it is from, how it was made, what is known of it. Plain text. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { ModelEntry } from '../../contract/entities/model'
import { sizeWords } from '../../domain/model/model-names'
import { findPublished } from '../../domain/model/published'
import { findModelFile } from '../store/runs/model-files'
import { getRun } from '../store/runs/runs'
import type { ServiceContext } from '../app/context'
import { modelNameOf } from './model-entries'
import type { ZooContext } from './model-places'

export async function modelCard(
  context: ZooContext & Pick<ServiceContext, 'modelsAddress'>,
  { id, origin, name, path, runId, trainedOn }: ModelEntry,
): Promise<string> {
  if (origin === 'embedded') return embeddedCard(path)
  if (runId !== null) return runCard(context, runId)
  const record = path === null ? null : findModelFile(context.db, path)
  const lines =
    origin === 'published'
      ? [
          `${name}, one of the checkpoints that accompany "Big Transfer (BiT): General Visual Representation Learning" (Kolesnikov et al., arXiv 1912.11370).`,
          `Trained on ${trainedOn}`,
          `Address: ${new URL(`${name}.npz`, context.modelsAddress).href}`,
          'Licence and terms: see github.com/google-research/big_transfer, where its authors publish it.',
          ...classNamesLine(context, name),
        ]
      : [`Your file: ${id.slice('path:'.length)}`, `Trained on: ${trainedOn}`]
  if (record !== null) {
    lines.push(`SHA-256: ${record.sha256}`)
    lines.push(
      `${origin === 'published' ? 'Downloaded' : 'Added'}: ${new Date(record.addedAtMs).toISOString()}`,
    )
  }
  return lines.join('\n')
}

/** The lists are the publishers' too, and do not come with the checkpoints. */
function classNamesLine({ paths }: ZooContext, name: string): string[] {
  const list = findPublished(name)?.classList ?? null
  return list === null
    ? []
    : [`Class names: from ${list}, one per line, if that file is in ${paths.modelsPath}`]
}

async function embeddedCard(path: string | null): Promise<string> {
  const card = path?.replace(/\.safetensors$/, '.md') ?? ''
  return existsSync(card) ? readFile(card, 'utf8') : ''
}

function runCard({ db }: ZooContext, runId: number): string {
  const run = getRun(db, runId)
  const choices = run.choices.map(({ label, value, because, departure }) => {
    const instead = departure === null ? '' : ` (the rule: ${departure.ruleValue})`
    return `${label}: ${value}${instead}; ${because}.`
  })
  return [
    `The run "${run.name}" on "${run.datasetName}" (split ${run.splitHash}), ${sizeWords(run.model)}, seed ${run.recipe.seed}.`,
    `Started from: ${run.weights === null ? 'zero, random weights' : modelNameOf(db, run.weights)}`,
    ...choices,
  ].join('\n')
}
