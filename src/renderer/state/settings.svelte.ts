/** What was set for the home, as every screen sees it. */
import { settingsSchema, type Settings } from '../../contract/entities/settings'
import { app } from './app.svelte'
import { oneAtATime } from './one-at-a-time'
import { toasts } from './toasts.svelte'

class SettingsState {
  current: Settings = $state.raw(settingsSchema.parse({}))
  loaded = $state(false)

  start(): void {
    app.onEvent((event) => {
      if (event.type === 'settings-changed') void this.#ask()
    })
    app.onAgain(() => void this.#ask())
    void this.#ask()
  }

  async change(part: Partial<Settings>): Promise<boolean> {
    return toasts.attempt(async () => {
      this.current = await app.call('settings.set', { ...this.current, ...part })
    })
  }

  async changeNotices(part: Partial<Settings['notices']>): Promise<boolean> {
    return this.change({ notices: { ...this.current.notices, ...part } })
  }

  readonly #ask = oneAtATime(() => this.#read())

  async #read(): Promise<void> {
    await toasts.attempt(async () => {
      this.current = await app.call('settings.get', {})
      this.loaded = true
    })
  }
}

export const settings = new SettingsState()
