/** `whenever` over a whole number, with work that reads and writes state of its own. */
import { whenever } from '../../../src/renderer/whenever.svelte'

export interface Counter {
  readonly said: readonly string[]
  readonly worked: number
  follow(value: number): void
  work(value: number): void
  stop(): void
}

export function startCounter(): Counter {
  const said: string[] = []
  let followed = $state(0)
  let worked = $state(0)
  const stop = $effect.root(() => {
    whenever(
      () => Math.floor(followed),
      (value) => {
        worked = worked + 1
        said.push(`begin ${value}`)
        return () => said.push(`end ${value}`)
      },
    )
  })
  return {
    said,
    get worked() {
      return worked
    },
    follow: (value) => (followed = value),
    work: (value) => (worked = value + 1),
    stop,
  }
}
