/** Dark or light: the user's last choice, else the system's. */
import { lastingStore } from '../browser-store'

const key = 'theme'
const root = document.documentElement
const system = matchMedia('(prefers-color-scheme: dark)')

class Theme {
  private chosen: 'dark' | 'light' | null = $state(saved())
  private systemDark = $state(system.matches)
  readonly current: 'dark' | 'light' = $derived(this.chosen ?? (this.systemDark ? 'dark' : 'light'))

  constructor() {
    system.addEventListener('change', (event) => (this.systemDark = event.matches))
    if (this.chosen) root.dataset['theme'] = this.chosen
  }

  get choice(): 'system' | 'dark' | 'light' {
    return this.chosen ?? 'system'
  }

  toggle(): void {
    this.choose(this.current === 'dark' ? 'light' : 'dark')
  }

  choose(choice: 'system' | 'dark' | 'light'): void {
    this.chosen = choice === 'system' ? null : choice
    if (this.chosen === null) delete root.dataset['theme']
    else root.dataset['theme'] = this.chosen
    if (this.chosen === null) lastingStore.removeItem(key)
    else lastingStore.setItem(key, this.chosen)
  }
}

function saved(): 'dark' | 'light' | null {
  const asked = new URLSearchParams(location.search).get(key) ?? lastingStore.getItem(key)
  return asked === 'dark' || asked === 'light' ? asked : null
}

export const theme = new Theme()
