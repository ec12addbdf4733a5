/** A query that is not understood is printed again, with marks under what is wrong. */
import { WorkbenchError } from '../../../contract/errors'
import type { QueryFault } from '../../../domain/query/tree'
import { safeLine } from './safe-text'

/** Answers with what `ask` does; its 'bad-input' about a place in the query says where. */
export async function withCaret<Answer>(query: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || thrown.span === undefined) throw thrown
    throw caretError(query, { ...thrown.span, message: thrown.message })
  }
}

function caretError(query: string, { from, to, message }: QueryFault): WorkbenchError {
  // As many columns as the signs before it take, where each takes one.
  const before = [...safeLine(query.slice(0, from))].length
  const marks = '^'.repeat(Math.max(1, [...safeLine(query.slice(from, to))].length))
  const marked = `${message}\n${safeLine(query)}\n${' '.repeat(before)}${marks}`
  return new WorkbenchError('bad-input', marked, 'docs/query.md has the language, with examples.', {
    span: { from, to },
  })
}
