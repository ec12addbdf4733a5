/** A run on the screen until it has ended, and its result. */
import type { Run } from '../../../contract/entities/run'
import type { Core } from '../../host/compose'
import type { CliContext } from '../context'
import { followRun } from './follow-run'
import type { AnyCore } from '../machine/open'
import { resultText } from '../text/run-text'

/** Shows it until its end; where the core is elsewhere, only that it has begun. */
export async function followToEnd(
  context: CliContext,
  core: AnyCore,
  start: () => Promise<Run>,
): Promise<number> {
  if (!core.isElsewhere) return showEnd(context, core, await followRun(context, core, start))
  const run = await start()
  context.output.record({ type: 'run', run })
  context.output.note(
    `"${run.name}" (${String(run.id)}) trains in the workbench that has this home. "bitw runs ${String(run.id)}" shows it.`,
  )
  return 0
}

export async function showEnd({ output }: CliContext, core: Pick<Core, 'call'>, run: Run): Promise<number> {
  output.print(resultText(run, await core.call('runs.withoutTwins', { id: run.id })))
  if (run.error !== null) output.error(run.error)
  if (run.state === 'paused')
    output.note(`"${run.name}" is paused; "bitw resume ${String(run.id)}" goes on with it.`)
  if (run.state === 'interrupted') {
    const how =
      run.checkpointStep === null ? 'starts it again from step 0, with the same result' : 'continues it'
    output.note(`"${run.name}" was interrupted; "bitw resume ${String(run.id)}" ${how}.`)
  }
  return run.state === 'done' || run.state === 'stopped' ? 0 : 1
}
