/** The system's browser, shown a link that nobody else on the machine may see. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownerMark } from '../../files/owner'
import { sweepNamed } from '../../files/temporary'

/** What killed processes left under such names is swept by the next one. */
const folderName = 'bitw-open-'

interface LinkForOnce {
  readonly url: string
  readonly ended: Promise<boolean>
}

/**
 * The list of processes shows to everyone what a program is started with: so the browser gets a file that only this user
 * can read, and that leads on to the link. It goes when the link was used or has run out; the answer takes it away before.
 */
export function openInBrowser({ url, ended }: LinkForOnce, note: (words: string) => void): () => void {
  sweepNamed(tmpdir(), folderName)
  const folder = mkdtempSync(join(tmpdir(), `${folderName}${ownerMark()}-`))
  const path = join(folder, 'workbench.html')
  writeFileSync(path, pageTo(url), { mode: 0o600 })
  let closed = false
  const close = (): void => {
    closed = true
    rmSync(folder, { recursive: true, force: true })
  }

  const [command, ...before] =
    process.platform === 'darwin'
      ? ['open']
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '']
        : ['xdg-open']
  let failed = false
  const child = spawn(command ?? 'xdg-open', [...before, path], { detached: true, stdio: 'ignore' })
  child.on('error', ({ message }) => {
    failed = true
    note(`Could not open a browser (${message}). Open the link yourself.`)
  })
  child.unref()
  void ended.then((used) => {
    const isWaited = !closed && !failed
    close()
    if (!used && isWaited) note('No browser has opened the page. Open the link yourself.')
  })
  return close
}

function pageTo(url: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${url}">
<title>BiT Workbench</title>
<p>If the workbench does not open, <a href="${url}">open it here</a>.
`
}
