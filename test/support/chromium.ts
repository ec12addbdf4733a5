/** The Chromium of all tests in a browser, and how it is started. */
import { existsSync } from 'node:fs'

/** Debian's where it is; elsewhere the one that Playwright manages is taken. */
const debianChromium = '/usr/bin/chromium'

export const chromiumLaunch = {
  ...(existsSync(debianChromium) && { executablePath: debianChromium }),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

export async function hasChromium(): Promise<boolean> {
  if (existsSync(debianChromium)) return true
  const { chromium } = await import('@playwright/test')
  return existsSync(chromium.executablePath())
}
