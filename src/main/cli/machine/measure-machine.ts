/** At first use the machine is measured, so that every plan has a time. */
import type { Core } from '../../host/compose'
import type { CliContext } from '../context'
import { followToEnd } from '../follow-task'

/** At once where it was measured before. Throws 'cancelled' after Ctrl-C, 'engine-missing'. */
export async function measureMachine(
  context: Pick<CliContext, 'output' | 'onInterrupt'>,
  core: Pick<Core, 'call' | 'subscribe'>,
): Promise<void> {
  const { taskId } = await core.call('training.probe', {})
  if (taskId === null) return
  context.output.note(
    'Measuring this machine once; this takes less than a minute. Time estimates are based on it.',
  )
  await followToEnd(context, core, taskId)
}
