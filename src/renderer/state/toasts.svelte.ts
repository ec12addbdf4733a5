/** Short messages at the lower edge: what changed. Errors that need an answer have panels of their own. */
import { toWireError } from '../../contract/errors'
import { LineLostError } from '../transport/client'

export interface Toast {
  readonly id: number
  readonly text: string
  readonly detail: string
  readonly alarm: boolean
  /** Until it is closed: it leads to what cannot be seen elsewhere. */
  readonly stays: boolean
  /** It says what the newest step of these was: it goes when another one is. */
  readonly about?: 'labels' | undefined
  readonly action: {
    readonly label: string
    run(): void
    /** It takes back the newest step of these; so of two such messages only the newer one can stay. */
    readonly undoes?: 'labels'
  } | null
}

const mostAtOnce = 4

class Toasts {
  private nextId = 1
  list: readonly Toast[] = $state.raw([])

  say(text: string, action: Toast['action'] = null, about?: Toast['about']): void {
    this.add({ text, detail: '', alarm: false, stays: false, action, about: action?.undoes ?? about })
  }

  /** Each alone, as long as there is room for all; else one that leads to all of them, and stays. */
  sayAll(texts: readonly string[], lead: string, showAll: () => void): void {
    if (texts.length <= mostAtOnce) for (const text of texts) this.say(text)
    else
      this.add({
        ...{ text: lead, detail: texts[0] ?? '', alarm: false, stays: true },
        action: { label: 'Show all', run: showAll },
      })
  }

  /** What was thrown, in its plain words. That the core is gone, the window says by itself. */
  error(thrown: unknown): void {
    if (thrown instanceof LineLostError) return
    const { message, wayOut } = toWireError(thrown)
    this.add({ text: message, detail: wayOut, alarm: true, stays: true, action: null })
  }

  /** Does the work; where it throws, says so and answers false. */
  async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (thrown) {
      this.error(thrown)
      return false
    }
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id)
  }

  /** Something else is the newest step now. */
  passOver(steps: 'labels'): void {
    this.list = this.list.filter(({ about }) => about !== steps)
  }

  private add(toast: Omit<Toast, 'id'>): void {
    if (toast.about !== undefined) this.passOver(toast.about)
    const others = this.list.filter(({ text }) => text !== toast.text)
    // The same again says nothing new; with an action it is of something else, as the Undo of the next run that was deleted.
    if (others.length < this.list.length && toast.action === null) return
    this.list = [...others.slice(1 - mostAtOnce), { ...toast, id: this.nextId++ }]
  }
}

export const toasts = new Toasts()
