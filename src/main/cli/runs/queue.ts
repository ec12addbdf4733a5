/** "bitw queue": what waits, in the core that has the home, else in this process. */
import { activeRunStates, type Run } from '../../../contract/entities/run'
import type { Queue } from '../../../contract/entities/queue'
import { WorkbenchError } from '../../../contract/errors'
import type { CliContext } from '../context'
import { percent, table, time } from '../text/format'
import { withAnyCore, type AnyCore } from '../machine/open'

export async function runQueueList(context: CliContext): Promise<number> {
  return withAnyCore(context, 'queue', async (core) => {
    showQueue(context, await core.call('queue.list', {}))
    return 0
  })
}

/** `to`: counted from 1, as the list shows it. */
export async function runQueueMove(context: CliContext, id: number, to: number): Promise<number> {
  return withAnyCore(context, 'queue', async (core) => {
    showQueue(context, await core.call('queue.move', { id, to: to - 1 }))
    return 0
  })
}

export async function runQueueRemove(context: CliContext, id: number): Promise<number> {
  return withAnyCore(context, 'queue', async (core) => {
    showQueue(context, await core.call('queue.remove', { id }))
    return 0
  })
}

export async function runQueuePause(context: CliContext): Promise<number> {
  return withAnyCore(context, 'queue', async (core) => {
    showQueue(context, await core.call('queue.pause', {}))
    return 0
  })
}

/** Works through the queue, unless the core of a window or server does. */
export async function runQueueStart(context: CliContext, id: number | undefined): Promise<number> {
  return withAnyCore(
    context,
    'queue start',
    async (core) => {
      const queue = await core.call('queue.start', id === undefined ? {} : { id })
      if (!core.isElsewhere) return workThroughQueue(context, core)
      showQueue(context, queue)
      return 0
    },
    { worksQueue: true },
  )
}

/** Until nothing waits and none trains. Says how each run ended. 1 where one failed. */
export async function workThroughQueue(
  { output, onInterrupt }: Pick<CliContext, 'output' | 'onInterrupt'>,
  core: AnyCore,
): Promise<number> {
  let failures = 0
  const states = new Map<number, Run['state']>()
  const seeRun = (run: Run): void => {
    if (states.get(run.id) === run.state) {
      if (run.state === 'training')
        output.progress.show(`${run.name}: step ${String(run.stepsDone)} of ${String(run.recipe.stepCount)}`)
      return
    }
    states.set(run.id, run.state)
    output.record({ type: 'run', run })
    if (run.state === 'starting') output.note(`"${run.name}" (${String(run.id)}) begins.`)
    if (activeRunStates.includes(run.state)) return
    if (run.state === 'failed') failures++
    const how = run.accuracy === null ? '' : `: ${percent(run.accuracy.value)} right`
    output.note(
      `"${run.name}" (${String(run.id)}): ${run.state}${how}.${run.error === null ? '' : ` ${run.error.message}`}`,
    )
  }
  const look = async (): Promise<Queue | null> => {
    const queue = await core.call('queue.list', {})
    const waits = queue.isRunning && queue.entries.some(({ state }) => state === 'waiting')
    return queue.isBusy || waits ? null : queue
  }
  const last = await new Promise<Queue | null>((resolve, reject) => {
    const forget = onInterrupt(() => {
      output.note('Ending now. Completed steps are kept; the next "bitw queue start" goes on from there.')
      resolve(null)
    })
    const unsubscribe = core.subscribe(({ event }) => {
      if (event.type === 'run') seeRun(event.run)
      if (event.type === 'run' || event.type === 'queue-changed') check()
    })
    const check = (): void => {
      look().then((queue) => {
        if (queue === null) return
        unsubscribe()
        forget()
        resolve(queue)
      }, reject)
    }
    check()
  })
  output.progress.clear()
  if (last === null) return 1
  for (const { state, title, error } of last.entries)
    if (state === 'failed' && error !== null) {
      failures++
      output.note(`"${title}" could not start. ${error.message} ${error.wayOut}`.trim())
    }
  if (last.heldBecause !== null)
    throw new WorkbenchError(last.heldBecause.code, last.heldBecause.message, last.heldBecause.wayOut)
  return failures === 0 ? 0 : 1
}

function showQueue({ output }: Pick<CliContext, 'output'>, queue: Queue): void {
  output.record({ type: 'queue', ...queue })
  const waiting = queue.entries.filter(({ state }) => state === 'waiting')
  const rows = queue.entries.map(({ id, state, title, datasetName, addedAtMs, error }, index) => [
    state === 'waiting' ? String(index + 1) : '',
    String(id),
    title,
    datasetName,
    state === 'failed' ? `failed: ${error?.message ?? ''}` : state,
    time(addedAtMs),
  ])
  if (rows.length === 0) output.print('Nothing waits. "bitw train … --queue" adds a training.')
  else output.print(table([['place', 'number', 'what', 'dataset', 'state', 'added'], ...rows], [0, 1]))
  if (queue.heldBecause !== null) output.note(`${queue.heldBecause.message} ${queue.heldBecause.wayOut}`)
  else if (!queue.isRunning && waiting.length > 0)
    output.note('The queue is paused: "bitw queue start" lets it go on.')
}

/** After something was added: who trains it, and when. */
export function tellWhenTrained({ output }: Pick<CliContext, 'output'>, core: AnyCore): void {
  output.note(
    core.isElsewhere
      ? 'The workbench that has this home trains it when its turn comes.'
      : '"bitw queue start" trains what waits; so does the window or "bitw serve" when it is opened.',
  )
}
