/** What waits to be trained, and the groups of runs; kept current by what the core pushes. */
import type { GroupDetail, Queue, QueuedWork, QueueEntry, RunGroup } from '../../../contract/entities/queue'
import { activeRunStates } from '../../../contract/entities/run'
import { Answer } from '../answer.svelte'
import { app } from '../app.svelte'
import { oneAtATime } from '../one-at-a-time'
import { toasts } from '../toasts.svelte'

class QueueState {
  readonly list = new Answer<Queue>()
  readonly groups = new Answer<readonly RunGroup[]>()
  readonly #ask = oneAtATime(async () => {
    await Promise.all([
      this.list.ask(() => app.call('queue.list', {})),
      this.groups.ask(() => app.call('groups.list', {})),
    ])
  })

  /** Use in `onMount`. */
  watch(): () => void {
    void this.#ask()
    return following(() => void this.#ask())
  }

  async start(id?: number): Promise<void> {
    await toasts.attempt(() => app.call('queue.start', id === undefined ? {} : { id }))
  }

  async pause(): Promise<void> {
    await toasts.attempt(() => app.call('queue.pause', {}))
  }

  /** `to`: counted from 0. */
  async move(id: number, to: number): Promise<void> {
    await toasts.attempt(() => app.call('queue.move', { id, to: Math.max(0, to) }))
  }

  /** `place`: where it waited, counted from 0. */
  async remove({ id, title, work, state, groupId }: QueueEntry, place: number): Promise<void> {
    const isOut = await toasts.attempt(() => app.call('queue.remove', { id }))
    // a trial stays in its group, as one that was skipped
    if (!isOut || state !== 'waiting' || groupId !== null) return
    toasts.say(`${title} was taken out of the queue.`, {
      label: 'Undo',
      run: () => void this.#putBack(work, place),
    })
  }

  async #putBack(work: QueuedWork, place: number): Promise<void> {
    await toasts.attempt(async () => {
      const { id } =
        work.kind === 'start'
          ? await app.call('queue.add', work.request)
          : await app.call('queue.addResume', { id: work.runId })
      await app.call('queue.move', { id, to: place }).catch(() => undefined) // it began at once
    })
  }

  /** A run that has ended and can go on. */
  async addResume(id: number): Promise<void> {
    if (await toasts.attempt(() => app.call('queue.addResume', { id })))
      toasts.say('The run waits in the queue.')
  }
}

export const queue = new QueueState()

/** One group with its trials. */
export class GroupView {
  readonly detail = new Answer<GroupDetail>()
  readonly #ask: () => Promise<void>

  constructor(readonly id: number) {
    this.#ask = oneAtATime(() => this.detail.ask(() => app.call('groups.get', { id })))
  }

  /** Use in `onMount`. */
  watch(): () => void {
    void this.#ask()
    return following(() => void this.#ask())
  }

  async setPaused(isPaused: boolean): Promise<void> {
    await toasts.attempt(() => app.call('groups.pause', { id: this.id, isPaused }))
  }

  async skip(trialIndex: number): Promise<void> {
    await toasts.attempt(() => app.call('groups.skip', { id: this.id, trialIndex }))
  }

  async extend(count: number): Promise<void> {
    await toasts.attempt(() => app.call('groups.extend', { id: this.id, count }))
  }
}

/** Steps come many a second, and say nothing of these lists; what begins, what ends, and what is deleted or restored does. */
function following(ask: () => void): () => void {
  let shown = ''
  const stops = [
    app.onEvent((event) => {
      if (['queue-changed', 'run-evaluation', 'runs-changed', 'run-deleted'].includes(event.type)) ask()
      if (event.type !== 'run') return
      const { id, state } = event.run
      const key = `${String(id)} ${activeRunStates.includes(state) ? 'active' : state}`
      if (key !== shown) ask()
      shown = key
    }),
    app.onAgain(ask),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
