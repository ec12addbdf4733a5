/**
 * Long work that lets others come in between: it yields every few milliseconds. Written once, and done at once where nobody waits for anything else, or in
 * turns. Pure.
 */
export type InTurns<Result> = Generator<void, Result>

export function atOnce<Result>(work: InTurns<Result>): Result {
  for (;;) {
    const step = work.next()
    if (step.done === true) return step.value
  }
}

/** `pause`: until those who wait have had their turn. What it throws, the work ends with. */
export async function inTurns<Result>(work: InTurns<Result>, pause: () => Promise<void>): Promise<Result> {
  for (let step = work.next(); ; step = work.next()) {
    if (step.done === true) return step.value
    try {
      await pause()
    } catch (thrown) {
      const end = work.throw(thrown)
      if (end.done === true) return end.value
    }
  }
}
