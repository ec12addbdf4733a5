import { spawn } from 'node:child_process'
import { serve } from '../rpc/loopback'
import type { CliContext } from './context'
import { withCore } from './open'

export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number
  readonly open: boolean
}

/** Serves the interface until Ctrl-C. */
export async function runServe(context: CliContext, options: ServeOptions): Promise<number> {
  const { output } = context
  return withCore(context, 'serve', async (core) => {
    const server = await serve(core, { port: options.port, rendererPath: context.rendererPath })
    try {
      for (const note of (await core.call('app.info', {})).startNotes) output.note(note)
      output.record({ type: 'serving', url: server.url, port: server.port, processId: process.pid })
      output.print(server.url)
      output.note(
        'BiT Workbench is served to this machine only. The link holds a secret: do not share it. Press Ctrl-C to stop.',
      )
      output.note(
        `From another machine: ssh -L ${server.port}:127.0.0.1:${server.port} THIS-MACHINE, then open the link there.`,
      )
      if (options.open) openInBrowser(server.url, (words) => output.note(words))
      await new Promise<void>((resolve) => context.onInterrupt(() => resolve()))
      output.note('Ending …')
    } finally {
      await server.close()
    }
    return 0
  })
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
