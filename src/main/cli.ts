/** The headless entry: `bitw`. The core runs in this process. */
import { join } from 'node:path'
import { CommanderError } from 'commander'
import { toWireError, WorkbenchError, type ErrorCode } from '../contract/errors'
import { givenPath } from '../domain/given-path'
import { letSignalsEnd, listenToInterrupts } from './cli/machine/interrupts'
import { createOutput } from './cli/text/output'
import { createProgram } from './cli/program'
import { safeJson, safeText } from './cli/text/safe-text'
import { resolveHomePath } from './host/paths'

/** As sysexits and most tools have it: 0 done, 1 failed, 2 wrong use. */
const failed = 1
const wrongUse = 2

let exitCode = 0

void main()

async function main(): Promise<void> {
  // A wait that nothing can end any more lets the process go: then the command has not done its work.
  process.once('beforeExit', () => process.exit(failed))
  // Who reads may stop reading, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? 0 : failed),
  )
  const onInterrupt = listenToInterrupts(process)

  const program = createProgram(async (globals, work) => {
    const output = createOutput(globals.json === true, process)
    try {
      exitCode = await work({
        homePath: resolveHomePath(globals.home === undefined ? undefined : givenPath(globals.home)),
        trainerPath: join(__dirname, 'trainer.cjs'),
        rendererPath: join(__dirname, '../renderer'),
        output,
        onInterrupt,
      })
    } catch (thrown) {
      output.progress.clear()
      output.error(toWireError(thrown))
      if (!(thrown instanceof WorkbenchError)) process.stderr.write(`${safeText(stackOf(thrown))}\n`)
      exitCode = thrown instanceof WorkbenchError && isWrongUse(thrown.code) ? wrongUse : failed
    }
  })
  try {
    await program.parseAsync()
  } catch (thrown) {
    exitCode = usageExit(thrown)
  }
  // A handle that is still open must not keep the command from ending; what was written must get out first.
  process.stdout.write('', () =>
    process.stderr.write('', () => {
      letSignalsEnd(process)
      process.exit(exitCode)
    }),
  )
}

/** Something else must be written on the command line. */
function isWrongUse(code: ErrorCode): boolean {
  return code === 'bad-input' || code === 'layout-unclear' || code === 'columns-unclear'
}

/** Commander has written what was wrong. Help and version that were asked for are no wrong use. */
function usageExit(thrown: unknown): number {
  if (!(thrown instanceof CommanderError)) {
    process.stderr.write(`${safeText(stackOf(thrown))}\n`)
    return failed
  }
  if (thrown.exitCode === 0) return 0
  if (process.argv.includes('--json')) {
    const message = thrown.message.replace(/^error: /, '')
    const error = { code: 'bad-input', message, wayOut: '"bitw --help" lists the commands.' }
    process.stdout.write(`${safeJson(JSON.stringify({ type: 'error', error }))}\n`)
  }
  return wrongUse
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
