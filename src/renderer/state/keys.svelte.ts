/** The keys that work now: screens add theirs while they are shown; F1 lists them. */
import { untrack } from 'svelte'
import { tinykeys } from 'tinykeys'
import { keptJson, lastingStore } from '../browser-store'

export interface KeyBinding {
  /** As shown: 'Ctrl K', 'G D', '/', 'Arrows'. */
  readonly keys: string
  readonly does: string
  /** Absent where a control handles the key itself and the list only names it. */
  readonly run?: () => void
  /** Also while the caret is in a field. */
  readonly inFields?: boolean
}
export interface KeyGroup {
  readonly name: string
  readonly bindings: readonly KeyBinding[]
}

/** Other keys that someone chose, by the usual ones. */
const storageKey = 'keys'

class Keys {
  private chosen: Readonly<Record<string, string>> = $state.raw(chosenKeys())
  private groups: readonly KeyGroup[] = $state.raw([])

  /** The keys of everywhere that can be others, each as it is now. */
  readonly rebindable: readonly { readonly does: string; readonly keys: string; readonly usual: string }[] =
    $derived(
      this.groups
        .filter(({ name }) => name === everywhere)
        .flatMap(({ bindings }) => bindings.filter(({ run }) => run !== undefined))
        .map(({ does, keys: usual }) => ({ does, usual, keys: this.chosen[usual] ?? usual })),
    )

  /** `keys` null: as they were. Holds at once. */
  rebind(usual: string, keys: string | null): void {
    const others = Object.fromEntries(Object.entries(this.chosen).filter(([one]) => one !== usual))
    this.chosen = keys === null || keys === usual ? others : { ...others, [usual]: keys }
    lastingStore.setItem(storageKey, JSON.stringify(this.chosen))
    for (const again of this.again) again()
  }

  private readonly again = new Set<() => void>()

  private now(name: string, binding: KeyBinding): KeyBinding {
    const chosen = name === everywhere && binding.run ? this.chosen[binding.keys] : undefined
    return chosen === undefined ? binding : { ...binding, keys: chosen }
  }

  /** What each key does now: a screen's own use of a key goes before the one from everywhere. */
  readonly shown: readonly KeyGroup[] = $derived(
    this.groups.map((group) => ({
      name: group.name,
      bindings: group.bindings
        .map((binding) => this.now(group.name, binding))
        .filter((binding) => !this.isCovered(group, binding)),
    })),
  )

  /** Use in onMount: `onMount(() => keys.add('Images', [...]))`. Returns the way to take them off. */
  add(name: string, bindings: readonly KeyBinding[]): () => void {
    const group = { name, bindings }
    this.groups = [...untrack(() => this.groups), group]
    // Every key comes through: toTinykeys decides what a field or a dialog keeps for itself.
    // One listener for each: with several in one, tinykeys 4 leaves "G R" half matched after "G T" and then misses it once.
    const listen = (): (() => void)[] =>
      bindings
        .map((binding) => this.now(name, binding))
        .map((binding) =>
          tinykeys(
            window,
            toTinykeys(binding, () => this.isCovered(group, binding)),
            { ignore: () => false },
          ),
        )
    let stops = untrack(listen)
    const again = (): void => {
      for (const stop of stops) stop()
      stops = untrack(listen)
    }
    this.again.add(again)
    return () => {
      this.again.delete(again)
      for (const stop of stops) stop()
      this.groups = this.groups.filter((other) => other !== group)
    }
  }

  /** Whether a group that came later does something of its own at these keys. */
  private isCovered(group: KeyGroup, { keys: shown, run }: KeyBinding): boolean {
    if (run === undefined) return false
    const later = this.groups.slice(this.groups.indexOf(group) + 1)
    return later.some(({ bindings }) =>
      bindings.some((other) => other.keys === shown && other.run !== undefined),
    )
  }
}

function toTinykeys(
  { keys: shown, run, inFields }: KeyBinding,
  isCovered: () => boolean,
): Record<string, (event: KeyboardEvent) => void> {
  if (!run) return {}
  return {
    [pattern(shown)]: (event) => {
      if (event.defaultPrevented || isCovered() || document.querySelector('dialog[open]') !== null) return
      if (!inFields && (isField(event.target) || document.querySelector('[role="dialog"]'))) return
      event.preventDefault()
      run()
    },
  }
}

/** The name of the group whose keys can be others. */
export const everywhere = 'Everywhere'

function chosenKeys(): Readonly<Record<string, string>> {
  const kept = keptJson(lastingStore, storageKey)
  if (typeof kept !== 'object' || kept === null) return {}
  return Object.fromEntries(
    Object.entries(kept).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** 'Ctrl K' is one chord, 'G D' a sequence, '?' itself whatever makes it. */
function pattern(shown: string): string {
  if (shown === '?' || shown === '/') return `[Shift]+${shown}` // on some keyboards they need Shift
  return shown
    .replace(/^Ctrl (Shift )?/, (_all, shift?: string) => (shift === undefined ? '$mod+' : '$mod+Shift+'))
    .replace('↵', 'Enter')
    .replace('⌫', 'Backspace')
    .replace(/^←$/, 'ArrowLeft')
    .replace(/^→$/, 'ArrowRight')
    .replace(/\b[A-Z]\b/g, (letter) => letter.toLowerCase())
    .replace(/^Esc$/, 'Escape')
}

export function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  )
}

export const keys = new Keys()
