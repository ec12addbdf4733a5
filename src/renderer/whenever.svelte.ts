/**
 * The one place with `$effect` (the linter holds this). An effect follows all that is read while it runs, in the functions that it
 * calls, too. One that starts work which reads and writes the same state runs again without end, and the window freezes.
 */
import { untrack } from 'svelte'

/**
 * Calls `work` with the value of `read`, and again whenever that value changes. What `work` reads and writes itself is not followed.
 * What `work` answers is called before the next time and at the end. For what begins with a component and ends with it: `onMount`.
 */
export function whenever<T>(read: () => T, work: (value: T) => (() => void) | void): void {
  // Derived, so that a value that comes out the same is no change.
  const value = $derived(read())
  $effect(() => {
    const now = value
    return untrack(() => work(now))
  })
}
