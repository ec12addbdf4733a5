/** A run of another program as plain text. */
import { programWords, type OtherRun } from '../../../contract/entities/other-run'
import { count, table, time } from './format'

/** Its line in the list of runs. */
export function otherRunCells({ id, name, program, state, startedAtMs, importedAtMs }: OtherRun): string[] {
  const how = state === 'unknown' ? 'imported' : `imported, ${state}`
  return [String(id), name, '', programWords[program], how, '', '—', '', time(startedAtMs ?? importedAtMs)]
}

export function otherRunText(run: OtherRun): string {
  const facts = [
    ['Run', `${run.name} (${run.id})`],
    ['Imported', `from ${programWords[run.program]}, ${time(run.importedAtMs)}`],
    ['From', run.path],
    ['State', run.state === 'unknown' ? 'its log does not say' : run.state],
    ...(run.startedAtMs === null ? [] : [['Started', time(run.startedAtMs)]]),
    ...(run.endedAtMs === null ? [] : [['Ended', time(run.endedAtMs)]]),
  ]
  const curves = run.metrics.map(({ name, pointCount, last }) => [
    name,
    count(pointCount),
    last?.toPrecision(5) ?? '',
  ])
  return [
    table(facts),
    ...(run.settings.length === 0
      ? []
      : [table([['setting', 'value'], ...run.settings.map(([...pair]) => pair)])]),
    table([['curve', 'values', 'last'], ...curves], [1, 2]),
  ].join('\n\n')
}
