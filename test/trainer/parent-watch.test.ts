/** A grandchild busy in one synchronous piece, as in a TensorFlow step; its parent is killed. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'

let folder = ''
let grandchildId: number | null = null
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bitw-orphan-'))
})
afterEach(() => {
  try {
    if (grandchildId !== null) process.kill(grandchildId, 'SIGKILL')
  } catch (thrown) {
    // It has ended, as it should.
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

it('lives as long as the core, and leaves no orphan when the core is killed in the middle of a step', async () => {
  const watch = pathToFileURL(resolve(import.meta.dirname, '../../src/main/trainer/parent-watch.ts')).href
  const busy = join(folder, 'busy.mjs')
  const parent = join(folder, 'parent.mjs')
  // Never back in its event loop; says each second that it still lives, for longer than any wait below.
  writeFileSync(
    busy,
    `import { endWithParent } from '${watch}'
     import { writeSync } from 'node:fs'
     endWithParent()
     for (let second = 0; second < 100; second++) {
       writeSync(1, process.pid + ' busy for ' + second + ' s\\n')
       for (const from = Date.now(); Date.now() - from < 1000; );
     }
     process.kill(process.pid, 'SIGKILL')`,
  )
  writeFileSync(
    parent,
    `import { spawn } from 'node:child_process'
     spawn(process.execPath, ['${busy}'], { stdio: 'inherit' })`,
  )
  // Both write to one pipe: it closes when the last of them has gone.
  const started = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] })
  let closed = false
  started.once('close', () => (closed = true))
  const lines: string[] = []
  createInterface({ input: started.stdout }).on('line', (line) => {
    lines.push(line)
    grandchildId ??= Number.parseInt(line)
  })

  // The watch looks twice a second: by then it has seen a living parent several times.
  await expect.poll(() => lines.at(-1), { timeout: 30_000 }).toContain('busy for 2 s')
  expect(started.exitCode).toBeNull()
  started.kill('SIGKILL')
  await expect.poll(() => closed, { timeout: 30_000 }).toBe(true)
})
