/** What the trials of a search vary, for tables of them. Pure. */
import type { Trial } from '../../contract/entities/queue'

export type Value = number | string | boolean

/** The settings that differ, in the order of the first trial that has them. */
export function variedKeys(trials: readonly Pick<Trial, 'values'>[]): string[] {
  return [...new Set(trials.flatMap(({ values }) => Object.keys(values)))]
}

export function valueOf({ values }: Pick<Trial, 'values'>, key: string): Value | undefined {
  return (values as Readonly<Record<string, Value | undefined>>)[key]
}
