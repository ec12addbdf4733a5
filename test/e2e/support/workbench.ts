/**
 * Fixtures for tests in a browser: `bitw serve` on a home of its own, and its page. A page that says anything on its
 * console, or throws, fails its test.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import { drawTinyDataset } from '../../support/tiny-dataset'
import { runBitw } from './prepared-home'

export { knowSpeed, prepareHome } from './prepared-home'
export { expect }

export interface Server {
  /** The last link that it printed: another one follows some minutes after its first use. */
  readonly url: string
  readonly homePath: string
  /** Three classes of ten images, not imported yet. */
  readonly imagesPath: string
  /** As a crash would. Resolves when it has gone. */
  kill(): Promise<void>
}

interface Fixtures {
  /** A server on an empty home, for this test alone. A file that shares one uses `startServer` in its beforeAll. */
  server: Server
  /** The served interface, open at its first screen. */
  workbench: Page
  /** What the console said so far: errors and warnings. At the end of a test with `workbench` it must be empty. */
  complaints: string[]
}

export const test = base.extend<Fixtures>({
  server: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'bitw-e2e-'))
    await drawTinyDataset(join(folder, 'images'), 10)
    const server = await startServer(folder)
    await use(server)
    await server.kill()
    rmSync(folder, { recursive: true, force: true })
  },
  complaints: async ({}, use) => {
    await use([])
  },
  workbench: async ({ page, server, complaints }, use) => {
    listen(page, complaints)
    await page.goto(server.url)
    await use(page)
    expect(complaints).toEqual([])
  },
})

/** Collects what a page complains of. */
export function listen(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
}

/** To another screen by the rail. It is there when this resolves: a key pressed before would still go to the last one. */
export async function goTo(page: Page, screen: string): Promise<void> {
  const link = page.locator(`nav.rail a[href="#/${screen}"]`)
  await link.click()
  await expect(link).toHaveAttribute('aria-current', 'page')
}

/** Opens the field that searches and runs commands, and types `text` there. */
export async function typeCommand(page: Page, text: string): Promise<void> {
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Search or run a command' })).toBeFocused()
  await page.keyboard.type(text)
}

/** Runs the built command on `folder/home` to its end. Throws, with what it said, where it fails or hangs. */
export function bitw(folder: string, ...words: string[]): string {
  return runBitw(join(folder, 'home'), ...words)
}

/** `bitw serve` on `folder/home`; on a free port where none is given. `programs`: a folder with the programs that it starts, with --open. */
export async function startServer(folder: string, port = 0, programs: string | null = null): Promise<Server> {
  const homePath = join(folder, 'home')
  const child = spawn(
    process.execPath,
    [
      resolve('out/main/cli.cjs'),
      ...['serve', '--json', '--port', String(port), '--home', homePath],
      ...(programs === null ? [] : ['--open']),
    ],
    {
      env: { ...process.env, ...(programs !== null && { PATH: `${programs}:${process.env['PATH'] ?? ''}` }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let url = await linkOf(child, (next) => {
    url = next
  })
  return {
    get url() {
      return url
    },
    homePath,
    imagesPath: join(folder, 'images'),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
}

/** The first link; `onNext` is told of those that follow. */
function linkOf(child: ChildProcess, onNext: (url: string) => void): Promise<string> {
  return new Promise((resolveLink, reject) => {
    let text = ''
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      const lines = `${text}${part}`.split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) {
        const { type, url } = JSON.parse(line) as { type: string; url: string }
        if (type === 'serving') resolveLink(url)
        if (type === 'link') onNext(url)
      }
    })
    child.on('exit', (code) => reject(new Error(`bitw serve ended with ${String(code)} before it served.`)))
  })
}
