import { spawn } from 'node:child_process'
import { WorkbenchError } from '../../contract/errors'
import { serve } from '../rpc/loopback'
import type { CliContext } from './context'
import { withCore } from './open'
import type { Output } from './output'

export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly open: boolean
}

/** Serves the interface until Ctrl-C. */
export async function runServe(context: CliContext, options: ServeOptions): Promise<number> {
  const { output } = context
  return withCore(context, 'serve', async (core) => {
    const given = givenToken(process.env['BITW_SERVE_TOKEN'])
    const server = await serve(core, {
      port: options.port,
      rendererPath: context.rendererPath,
      ...given,
    })
    try {
      for (const note of (await core.call('app.info', {})).startNotes) output.note(note)
      output.record({ type: 'serving', url: server.url, port: server.port, processId: process.pid })
      output.print(server.url)
      // Whoever gave the secret tells people of a link of their own.
      if (given.token === undefined) tellOfLink(output, server.port)
      if (options.open) openInBrowser(server.url, (words) => output.note(words))
      await new Promise<void>((resolve) => context.onInterrupt(() => resolve()))
      output.note('Ending …')
    } finally {
      await server.close()
    }
    return 0
  })
}

function tellOfLink(output: Output, port: number): void {
  output.note(
    'BiT Workbench is served to this machine only. The link holds a secret: do not share it. Press Ctrl-C to stop.',
  )
  output.note(
    `From another machine: ssh -L ${port}:127.0.0.1:${port} THIS-MACHINE, then open the link there.`,
  )
}

/** BITW_SERVE_TOKEN: a secret that outlives this process, for a page that stays open while the core is started again (npm run dev). */
function givenToken(token: string | undefined): { token?: string } {
  if (token === undefined || token === '') return {}
  if (/^[\w-]{43,}$/.test(token)) return { token }
  throw new WorkbenchError(
    'bad-input',
    'BITW_SERVE_TOKEN is no secret: it needs at least 43 letters, digits, "-", or "_".',
    'Unset it; then each start makes its own.',
  )
}

function openInBrowser(url: string, note: (words: string) => void): void {
  const [command, ...before] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open']
  const child = spawn(command ?? 'xdg-open', [...before, url], { detached: true, stdio: 'ignore' })
  child.on('error', ({ message }) => note(`Could not open a browser (${message}). Open the link yourself.`))
  child.unref()
}
