/** Links whose page shows a run bundle in place of the home. */
import type { CliContext } from '../context'
import { followTask, type FollowedCore } from '../follow-task'

/** Answers with its number; null where none was asked for. Throws what the task says: 'bad-input' where it is no bundle, 'path-not-found'. */
export async function openBundle(
  context: CliContext,
  core: FollowedCore,
  path: string | undefined,
): Promise<number | null> {
  if (path === undefined) return null
  const { taskId } = await core.call('exchange.open', { path })
  return followTask(context, core, taskId)
}

/** `url` as it is where `bundleId` is null. */
export function linkTo(bundleId: number | null, url: string): string {
  if (bundleId === null) return url
  const link = new URL(url)
  link.searchParams.set('bundle', String(bundleId))
  return link.href
}
