/** The product's window in a real Electron: the set-up's, or the one that BITW_TEST_ELECTRON names. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'

/** The executable, or null where none was provided. */
export function electronPath(): string | null {
  const named = process.env['BITW_TEST_ELECTRON']
  if (named !== undefined && named !== '') return executableOf(named)
  const recordPath = join(cacheFolder(), 'electron.json')
  if (!existsSync(recordPath)) return null
  const record = JSON.parse(readFileSync(recordPath, 'utf8')) as { executable?: string }
  return record.executable !== undefined && existsSync(record.executable) ? record.executable : null
}

export interface Window {
  readonly application: ElectronApplication
  /** Its first window. */
  readonly page: Page
}

/** It takes a second or two. */
const attachLimitMs = 30_000

/**
 * Playwright attaches to an Electron that already runs, and once, on a slow machine, never got hold of it. So a start that
 * shows no window within half a minute says what Electron wrote, and is tried once more; what the window then does is not.
 */
export async function openWindow(
  executablePath: string,
  homePath: string,
  environment: Record<string, string> = {},
): Promise<Window> {
  try {
    return await attach(executablePath, homePath, environment)
  } catch (error) {
    console.warn(`Electron is started a second time: ${String(error)}`)
    return attach(executablePath, homePath, environment)
  }
}

async function attach(
  executablePath: string,
  homePath: string,
  environment: Record<string, string>,
): Promise<Window> {
  const application = await _electron.launch({
    executablePath,
    args: electronArguments(homePath),
    env: electronEnvironment(environment),
    timeout: attachLimitMs,
  })
  const child = application.process()
  const written: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (part: Buffer) => written.push(part.toString('utf8')))
  try {
    return { application, page: await application.firstWindow({ timeout: attachLimitMs }) }
  } catch (error) {
    child.kill('SIGKILL')
    throw new Error(`No window came. Electron wrote:\n${written.join('')}`, { cause: error })
  }
}

/** Starts one that nobody drives; resolves to its exit code. Playwright cannot watch a program that ends at once. */
export async function runElectron(executablePath: string, homePath: string): Promise<number | null> {
  const child = spawn(executablePath, electronArguments(homePath), {
    env: electronEnvironment({}),
    stdio: 'ignore',
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}

function electronArguments(homePath: string): string[] {
  return [
    // Chromium's own sandbox refuses root; the page's restrictions do not depend on it.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    resolve('.'),
    '--home',
    homePath,
  ]
}

function electronEnvironment(environment: Record<string, string>): Record<string, string> {
  return {
    ...definedOf(process.env),
    // The Node that runs the tests is new enough for the core; an old Electron's own is not.
    BITW_NODE: process.execPath,
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/dev/null',
    ...environment,
  }
}

/** As scripts/setup/folders.cjs finds it. */
function cacheFolder(): string {
  const own = process.env['BITW_CACHE']
  if (own !== undefined && own !== '') return resolve(own)
  const xdg = process.env['XDG_CACHE_HOME']
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache')
  return join(base, 'bit-workbench')
}

/** A folder that holds an Electron, or its executable. */
function executableOf(path: string): string {
  const inside = join(path, 'electron')
  return existsSync(inside) ? inside : path
}

function definedOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}
