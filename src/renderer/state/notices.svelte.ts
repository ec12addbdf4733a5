/** Ends of runs on the desktop, and what the window shows of a training while nobody looks at it. */
import { activeRunStates, type Run } from '../../contract/entities/run'
import type { NoticeKind } from '../../contract/entities/settings'
import { formatPercent } from '../format'
import { go } from '../router.svelte'
import { hrefTo } from '../routes'
import { app } from './app.svelte'
import { plainSet } from './plain-set'
import { settings } from './settings.svelte'
import { toasts } from './toasts.svelte'

const kinds: Partial<Record<Run['state'], NoticeKind>> = {
  done: 'done',
  stopped: 'done',
  failed: 'failed',
  interrupted: 'needs-you',
}

class Notices {
  readonly #active = plainSet<number>()

  /** In [0, 1] of the runs that train; null: none does. */
  readonly progress: number | null = $derived.by(() => {
    const runs = app.activeRuns
    const whole = runs.reduce((sum, { recipe }) => sum + Math.max(1, recipe.stepCount), 0)
    const done = runs.reduce((sum, { stepsDone }) => sum + stepsDone, 0)
    return runs.length === 0 ? null : Math.min(1, done / whole)
  })
  readonly keepsAwake: boolean = $derived(settings.current.keepsAwake && app.activeRun !== null)

  start(): void {
    app.onEvent((event) => {
      if (event.type !== 'run') return
      const { id, state } = event.run
      if (activeRunStates.includes(state)) this.#active.add(id)
      else if (this.#active.delete(id)) this.#tell(event.run)
    })
  }

  /** Asks where a browser must be asked. Answers whether notices can be shown. */
  async allow(): Promise<boolean> {
    if (app.abilities.notify !== undefined) return true
    if (!('Notification' in window)) return false
    return (await Notification.requestPermission()) === 'granted'
  }

  /** `opens`: where a click on it leads. Answers whether it may be shown here. */
  show(title: string, body: string, opens?: string): boolean {
    const { notify } = app.abilities
    const open = (): void => {
      if (opens !== undefined) go(opens)
    }
    if (notify !== undefined)
      void toasts.attempt(async () => {
        if (await notify({ title: title.slice(0, 300), body })) open()
      })
    else if ('Notification' in window && Notification.permission === 'granted') {
      const notice = new Notification(title, { body })
      notice.onclick = () => {
        window.focus()
        open()
      }
    } else return false
    return true
  }

  #tell(run: Run): void {
    const kind = kinds[run.state]
    const { notices } = settings.current
    if (kind === undefined || !notices.desktop || !notices.kinds.includes(kind)) return
    const words = { done: 'is done', failed: 'failed', 'needs-you': 'was interrupted' }
    const right = run.accuracy === null ? '' : `${formatPercent(run.accuracy.value, 2)} of images right.`
    this.show(
      `${run.name} ${words[kind]}`,
      kind === 'done' ? right : (run.error?.message ?? '').slice(0, 1000),
      hrefTo('runs', run.id),
    )
  }
}

export const notices = new Notices()
