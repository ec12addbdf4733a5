import { WorkbenchError } from '../../../contract/errors'
import { serve } from '../../rpc/loopback'
import type { CliContext } from '../context'
import { withCore } from './open'
import { linkTo, openBundle } from './link-to-bundle'
import { openInBrowser } from './open-in-browser'
import type { Output } from '../text/output'

export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly open: boolean
  /** Says no link: what a service says is kept in a log. "bitw service link" asks for one. */
  readonly quiet: boolean
  /** A run bundle that the browser shows, read-only, in place of the home. */
  readonly bundlePath?: string
}

/** Serves the interface until Ctrl-C. */
export async function runServe(context: CliContext, options: ServeOptions): Promise<number> {
  const { output } = context
  return withCore(
    context,
    'serve',
    async (core) => {
      // before anything is served: a file that is no bundle ends the command
      const bundleId = await openBundle(context, core, options.bundlePath)
      const given = givenSecret(process.env['BITW_SERVE_SECRET'])
      const server = await serve(core, {
        port: options.port,
        rendererPath: context.rendererPath,
        ...given,
        onNewLink: (url) => {
          if (!options.quiet) tellOfNewLink(output, linkTo(bundleId, url))
        },
      })
      let closeFile = (): void => undefined
      try {
        core.offerLink(() => server.linkForOnce().url)
        if (options.quiet) output.note(`Serving on port ${String(server.port)}.`)
        else
          tellOfLink(
            output,
            { port: server.port, url: linkTo(bundleId, server.link()) },
            given.secret === undefined,
          )
        if (options.open) {
          const { url, ended } = server.linkForOnce()
          closeFile = openInBrowser({ url: linkTo(bundleId, url), ended }, (words) => output.note(words))
        }
        await new Promise<void>((resolve) => context.onInterrupt(() => resolve()))
        output.note('Ending …')
      } finally {
        closeFile()
        await server.close()
      }
      return 0
    },
    { worksQueue: true },
  )
}

/** `inWords`: whoever gave the secret tells people of a link of their own. */
function tellOfLink(
  output: Output,
  { port, url }: { readonly port: number; readonly url: string },
  inWords: boolean,
): void {
  output.record({ type: 'serving', url, port, processId: process.pid })
  output.print(url)
  if (!inWords) return
  output.note(
    'BiT Workbench is served to this machine only. The link lets in whoever has it: do not share it. Press Ctrl-C to stop.',
  )
  output.note(
    `From another machine: ssh -L ${port}:127.0.0.1:${port} THIS-MACHINE, then open the link there.`,
  )
}

function tellOfNewLink(output: Output, url: string): void {
  output.record({ type: 'link', url })
  output.note('The link above has been used and has run out. Pages that are open stay open; the next link:')
  output.print(url)
}

/** BITW_SERVE_SECRET: a secret that outlives this process, for a page that stays open while the core is started again (npm run dev). */
function givenSecret(secret: string | undefined): { secret?: string } {
  if (secret === undefined || secret === '') return {}
  if (/^[\w-]{43,}$/.test(secret)) return { secret }
  throw new WorkbenchError(
    'bad-input',
    'BITW_SERVE_SECRET is no secret: it needs at least 43 letters, digits, "-", or "_".',
    'Unset it; then each start makes its own.',
  )
}
