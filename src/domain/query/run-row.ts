/** What a query can ask of a run. */
import { runStateSchema, type Run } from '../../contract/entities/run'
import { startWords } from '../model/model-names'
import type { RowValue } from './match-row'

export function runRow(run: Run): RowValue {
  return (column) => {
    switch (column) {
      case 'name':
        return run.name
      case 'dataset':
        return run.datasetName
      case 'model':
        return `${startWords(run)} ${run.model}`
      case 'state':
        return runStateSchema.options.indexOf(run.state)
      case 'accuracy':
        return run.accuracy?.value ?? null
      case 'mistakes':
        return run.wrongCount
      case 'loss':
        return run.lastLoss
      case 'steps':
        return run.stepsDone
      case 'departures':
        return run.departureCount
      case 'seed':
        return run.recipe.seed
      case 'created':
        return run.createdAtMs
      case 'any':
        return words(run)
      default:
        return null
    }
  }
}

/** Where a word alone is looked for. */
function words(run: Run): string {
  const departures = run.choices.filter((choice) => choice.departure !== null)
  return [
    run.name,
    run.datasetName,
    run.model,
    startWords(run),
    run.recipe.rule === 'upstream' ? `pre-training ${run.recipe.preset ?? ''}` : 'HyperRule',
    run.state,
    `${run.recipe.cropPx}px`,
    run.engine?.kind ?? '',
    run.engine?.deviceName ?? '',
    ...departures.map((choice) => `${choice.label} ${choice.value}`),
  ].join('\n')
}
