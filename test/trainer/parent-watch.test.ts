/** A grandchild busy in one synchronous piece, as in a TensorFlow step; its parent is killed. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bitw-orphan-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

it('leaves no orphan when the core is killed in the middle of a step', async () => {
  const watch = pathToFileURL(resolve(import.meta.dirname, '../../src/main/trainer/parent-watch.ts')).href
  const busy = join(folder, 'busy.mjs')
  const parent = join(folder, 'parent.mjs')
  writeFileSync(
    busy,
    `import { endWithParent } from '${watch}'
     endWithParent()
     process.stdout.write('busy', () => { for (;;); })`,
  )
  writeFileSync(
    parent,
    `import { spawn } from 'node:child_process'
     spawn(process.execPath, ['${busy}'], { stdio: 'inherit' })`,
  )
  // Both write to one pipe: it closes when the last of them has gone.
  const started = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = new Promise((resolve) => started.once('close', resolve))
  await new Promise((resolve) => started.stdout.once('data', resolve))
  started.kill('SIGKILL')
  await closed
  expect(started.signalCode).toBe('SIGKILL')
})
