/** A refusal in words, told from a defect of ours, also where words were found for it. */
import { WorkbenchError } from '../../../contract/errors'

/** Longer is nothing that a person reads. */
const longestMessage = 5000

/** Throws where what was thrown is no refusal, or one whose cause is a defect. */
export function refusalOnly(thrown: unknown): void {
  if (!(thrown instanceof WorkbenchError)) throw thrown
  if (thrown.code === 'internal') throw thrown
  if (thrown.message.length > longestMessage)
    throw new Error(`A message of ${thrown.message.length} characters`)
  noDefectIn(thrown.message)
  for (let cause = thrown.cause; cause instanceof Error; cause = cause.cause) if (isDefect(cause)) throw cause
}

/** What Node itself throws has a code; what code of ours stumbles over has none. A library that stumbles over a file has refused it. */
function isDefect(error: Error): boolean {
  const isOfProgram = [TypeError, RangeError, ReferenceError].some((kind) => error instanceof kind)
  const frames = error.stack?.split(/\n\s+at /).slice(1) ?? []
  const place = frames.find((frame) => !frame.includes('<anonymous>') && !frame.startsWith('DataView')) ?? ''
  return isOfProgram && !('code' in error) && !place.includes('node_modules')
}

/** Words of the engine, in a sentence for people. */
export function noDefectIn(message: string): void {
  if (
    /Cannot read propert|is not a function|is not iterable|Invalid typed array|Invalid array length|outside the bounds|Maximum call stack|Cannot convert|Invalid string length|\[object /.test(
      message,
    )
  )
    throw new Error(`A defect in words: ${message}`)
}
