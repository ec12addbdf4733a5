/** The desktop's menu: what it asks is done, and it is told what is on the screen. In a browser nothing of it happens. */
import type { MenuCommand, PageFacts } from '../../contract/wire'
import { app } from './app.svelte'
import { chooseBundle } from './bundles'
import { imports } from './datasets/imports.svelte'
import { inView } from './in-view.svelte'
import { isField } from './keys.svelte'
import { theme } from './theme.svelte'

class Desktop {
  private typing = $state(false)

  constructor() {
    // Later: the focus also moves while Svelte takes an element away, and then no state may be written.
    const note = (target: EventTarget | null): void => queueMicrotask(() => (this.typing = isField(target)))
    addEventListener('focusin', (event) => note(event.target))
    addEventListener('focusout', (event) => note(event.relatedTarget))
  }

  /** What the menu depends on. */
  readonly shown: PageFacts = $derived({
    inView: inView.place === null || inView.place.kind === 'home' ? null : inView.place.kind,
    theme: theme.current,
    typing: this.typing,
  })

  tell(shown: PageFacts): void {
    void app.abilities.tellMenu?.(shown)
  }

  /** `open`: the two overlays that the window itself shows. */
  listen(open: { keys(): void; about(): void }): void {
    const does: Readonly<Record<MenuCommand, () => void>> = {
      'open-folder': () => void imports.choose(),
      'open-bundle': () => void chooseBundle(),
      reveal: () => void (inView.place && inView.reveal(inView.place)),
      'reveal-home': () => void inView.reveal({ kind: 'home' }),
      'switch-theme': () => theme.toggle(),
      keys: () => open.keys(),
      about: () => open.about(),
    }
    app.abilities.onMenuCommand?.((command) => does[command]())
  }
}

export const desktop = new Desktop()
