/** "bitw service": lets the user's system run the core in the background, where they ask for it. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { WorkbenchError } from '../../../contract/errors'
import { inWriteWords } from '../../files/write-error'
import { openControl } from '../../rpc/control-client'
import type { CliContext } from '../context'
import {
  commandOf,
  launchAgent,
  launchAgentPath,
  launchLabel,
  serviceName,
  systemdUnit,
  systemdUnitPath,
  type ServiceFacts,
} from './service-unit'

const run = promisify(execFile)

/** Where the manager of this system wants the file, its text, and how it is told of it. */
interface Manager {
  readonly path: string
  readonly text: string
  readonly begin: readonly (readonly string[])[]
  readonly end: readonly (readonly string[])[]
}

/** `onlyWrite`: the file is written, and the manager is not told. */
export async function runServiceInstall(
  context: CliContext,
  { port, onlyWrite }: { readonly port: number; readonly onlyWrite: boolean },
): Promise<number> {
  const { output, homePath } = context
  const facts: ServiceFacts = { nodePath: process.execPath, cliPath: cliPathOf(), homePath, port }
  const manager = managerOf(facts)
  if (manager === null) {
    output.print(
      commandOf(facts)
        .map((word) => JSON.stringify(word))
        .join(' '),
    )
    output.note(
      'This system has no manager that the workbench knows. Let yours run the command above when you log in.',
    )
    return 0
  }
  inWriteWords(manager.path, () => {
    mkdirSync(dirname(manager.path), { recursive: true })
    writeFileSync(manager.path, manager.text)
  })
  output.record({ type: 'service', path: manager.path, installed: true })
  output.print(`Wrote ${manager.path}`)
  if (onlyWrite) return 0
  for (const command of manager.begin) await told(command)
  output.note(
    'The workbench now runs in the background, from each login on. "bitw service link" gives a link for the browser; "bitw service remove" ends it.',
  )
  return 0
}

export async function runServiceRemove({ output, homePath }: CliContext): Promise<number> {
  const manager = managerOf({ nodePath: process.execPath, cliPath: cliPathOf(), homePath, port: 0 })
  if (manager === null || !existsSync(manager.path)) {
    output.print('There is no service of the workbench.')
    return 0
  }
  // gone already where the user ended it
  for (const command of manager.end) await told(command).catch(() => undefined)
  rmSync(manager.path, { force: true })
  output.record({ type: 'service', path: manager.path, installed: false })
  output.print(`Removed ${manager.path}`)
  return 0
}

export async function runServiceStatus({ output, homePath }: CliContext): Promise<number> {
  const manager = managerOf({ nodePath: process.execPath, cliPath: cliPathOf(), homePath, port: 0 })
  const isInstalled = manager !== null && existsSync(manager.path)
  const core = await openControl(homePath)
  const queue = await core?.call('queue.list', {})
  await core?.close()
  output.record({ type: 'service-status', installed: isInstalled, answers: core !== null })
  output.print(
    isInstalled ? `Installed: ${manager.path}` : 'Not installed: "bitw service install" does that.',
  )
  output.print(
    queue === undefined
      ? 'No core of this home answers.'
      : `A core of this home answers; ${queue.isBusy ? 'something trains' : 'nothing trains'}, ${String(queue.entries.filter(({ state }) => state === 'waiting').length)} waiting.`,
  )
  return 0
}

/** Of whichever core has the home and serves it. */
export async function runServiceLink({ output, homePath }: CliContext): Promise<number> {
  const core = await openControl(homePath)
  const { url = null } = (await core?.call('app.link', {})) ?? {}
  await core?.close()
  if (url === null)
    throw new WorkbenchError(
      'not-found',
      'No core that serves this home answers.',
      '"bitw service install" or "bitw serve" begins one.',
    )
  output.record({ type: 'link', url })
  output.print(url)
  output.note('The link lets in once, and runs out soon.')
  return 0
}

function managerOf(facts: ServiceFacts): Manager | null {
  if (process.platform === 'linux') {
    const asked = process.env['XDG_CONFIG_HOME']
    const folder = asked !== undefined && isAbsolute(asked) ? asked : join(homedir(), '.config')
    return {
      path: systemdUnitPath(folder),
      text: systemdUnit(facts),
      begin: [
        ['systemctl', '--user', 'daemon-reload'],
        ['systemctl', '--user', 'enable', '--now', serviceName],
      ],
      end: [['systemctl', '--user', 'disable', '--now', serviceName]],
    }
  }
  if (process.platform === 'darwin') {
    const path = launchAgentPath(homedir())
    const domain = `gui/${String(process.getuid?.() ?? 0)}`
    return {
      path,
      text: launchAgent(facts),
      begin: [['launchctl', 'bootstrap', domain, path]],
      end: [['launchctl', 'bootout', `${domain}/${launchLabel}`]],
    }
  }
  return null
}

async function told([program = '', ...words]: readonly string[]): Promise<void> {
  try {
    await run(program, words)
  } catch (cause) {
    throw new WorkbenchError(
      'unsupported',
      `"${[program, ...words].join(' ')}" failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      'The file was written: tell the manager of your system yourself, or run "bitw serve".',
      { cause },
    )
  }
}

function cliPathOf(): string {
  return process.argv[1] ?? ''
}
