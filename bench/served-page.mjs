/** The page of a server that a bench starts on a home, in Chromium without a GPU. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const debianChromium = '/usr/bin/chromium'
const cli = fileURLToPath(new URL('../out/main/cli.cjs', import.meta.url))

/** Answers what `work` answers, given the page and the processes of its core and of its browser. */
export async function onPage(homePath, work) {
  const server = spawn(process.execPath, [cli, 'serve', '--json', '--port', '0', '--home', homePath], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { chromium } = await import('@playwright/test')
  // a server, so that its processes can be found
  const launched = await chromium.launchServer({
    ...(existsSync(debianChromium) && { executablePath: debianChromium }),
    args: ['--no-sandbox', '--disable-gpu'],
  })
  const browser = await chromium.connect(launched.wsEndpoint())
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    await page.goto(await linkOf(server))
    await page.locator('nav.rail').waitFor()
    return await work(page, { core: server.pid, browser: launched.process().pid })
  } finally {
    await browser.close()
    await launched.close()
    const gone = once(server, 'exit')
    server.kill('SIGTERM')
    await gone
  }
}

/** The link that `bitw serve --json` prints. */
async function linkOf(server) {
  for await (const line of createInterface({ input: server.stdout })) {
    const record = JSON.parse(line)
    if (record.type === 'serving') return record.url
  }
  throw new Error('The server ended before it served.')
}
