import { plainStoreError } from './sqlite-errors'
import type { Db } from './statement'

type Method = (...values: unknown[]) => unknown

/**
 * Whatever this database throws from now on comes in plain words with a way out: from statements that are prepared through it, however they
 * run, and from its own methods. Answers with the same object.
 */
export function inPlainWords(db: Db): Db {
  guard(db, ['exec', 'pragma', 'prepare'], db.name, (prepared, name) => {
    if (name === 'prepare')
      guard(prepared as object, ['run', 'get', 'all', 'iterate'], db.name, iterating(db.name))
    return prepared
  })
  return db
}

function guard(
  target: object,
  names: readonly string[],
  path: string,
  pass: (value: unknown, name: string) => unknown = (value) => value,
): void {
  const methods = target as Record<string, Method>
  for (const name of names) {
    const original = methods[name]
    if (original === undefined) continue
    methods[name] = (...values) => inWords(path, () => pass(original.apply(target, values), name))
  }
}

function inWords<Result>(path: string, work: () => Result): Result {
  try {
    return work()
  } catch (thrown) {
    throw plainStoreError(thrown, path)
  }
}

/** Rows of an iteration are read later, one by one. */
function iterating(path: string): (value: unknown, name: string) => unknown {
  return (value, name) => {
    if (name === 'iterate') guard(value as object, ['next'], path)
    return value
  }
}
