/** "bitw ui": the interface in the browser, of the core that has the home, or else of one of its own. */
import { WorkbenchError } from '../../../contract/errors'
import { openControl } from '../../rpc/control-client'
import type { CliContext } from '../context'
import { linkTo, openBundle } from './link-to-bundle'
import { runServe } from './serve'

export async function runUi(context: CliContext, bundlePath: string | undefined): Promise<number> {
  const core = await openControl(context.homePath)
  if (core === null)
    return runServe(context, {
      ...{ port: 0, open: true, quiet: false },
      ...(bundlePath !== undefined && { bundlePath }),
    })
  try {
    const { output } = context
    const { url } = await core.call('app.link', {})
    if (url === null)
      throw new WorkbenchError(
        'home-locked',
        'The workbench has this home open, and serves no browser.',
        bundlePath === undefined
          ? 'Use its window, or end it first.'
          : 'In its window, choose File, Open Bundle Read-Only; or end it first.',
      )
    const link = linkTo(await openBundle(context, core, bundlePath), url)
    output.record({ type: 'link', url: link })
    output.print(link)
    output.note('The workbench is running. Open this link: it lets in once, and runs out soon.')
    return 0
  } finally {
    await core.close()
  }
}
