import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { ErrorCode } from '../../../src/contract/errors'
import { lockHolder, lockHome } from '../../../src/main/store/home/lock'
import { buildEntry } from '../../support/build-trainer'
import { temporaryHome } from '../support/home'
import { refusal } from '../support/refusal'

let childPath = ''
beforeAll(async () => {
  childPath = await buildEntry('store-child', resolve('test/store/support/child.ts'))
})

async function holderOf(homePath: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [childPath, 'lock', homePath], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  if (child.stdout === null) throw new Error('The child has no output')
  const [first] = (await once(child.stdout, 'data')) as [Buffer]
  expect(String(first)).toContain('locked')
  return child
}

describe('the lock of a home', () => {
  it('refuses a second process in plain words, naming the first, until that is killed', async () => {
    const homePath = temporaryHome()
    const child = await holderOf(homePath)
    expect(() => lockHome(homePath, 'bitw import')).toThrowError(
      expect.objectContaining({
        code: 'home-locked' satisfies ErrorCode,
        message: expect.stringMatching(new RegExp(`"bitw serve", process ${child.pid}, since 20\\d\\d-`)),
        wayOut: expect.stringContaining('--home'),
      }),
    )
    // Asking must not have loosened it.
    expect(() => lockHome(homePath, 'bitw import')).toThrowError(/bitw serve/)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const lock = lockHome(homePath, 'bitw import')
    expect(lockHolder(homePath)).toMatchObject({ pid: process.pid, purpose: 'bitw import', host: hostname() })
    lock.release()
  })

  it('refuses this same process too, and is free again after its release', () => {
    const homePath = temporaryHome()
    const lock = lockHome(homePath, 'first')
    expect(() => lockHome(homePath, 'second')).toThrowError(/"first"/)
    expect(() => lockHome(homePath, 'third')).toThrowError(/"first"/)
    lock.release()
    lock.release()
    expect(statSync(join(homePath, 'lock.json'), { throwIfNoEntry: false })).toBeUndefined()
    lockHome(homePath, 'fourth').release()
  })

  it('goes by the lock, not by what lock.json says', () => {
    const homePath = temporaryHome()
    const left = { pid: process.pid, purpose: 'killed', since: '2026-01-01T00:00:00Z', host: hostname() }
    writeFileSync(join(homePath, 'lock.json'), JSON.stringify(left))
    const lock = lockHome(homePath, 'now')
    expect(JSON.parse(readFileSync(join(homePath, 'lock.json'), 'utf8'))).toMatchObject({ purpose: 'now' })
    writeFileSync(join(homePath, 'lock.json'), '{"pid": 1')
    expect(lockHolder(homePath)).toBeNull()
    expect(() => lockHome(homePath, 'other')).toThrowError(/Another workbench is using/)
    lock.release()
  })

  it('says so where the home cannot be written or the disk is full', () => {
    const file = join(temporaryHome(), 'file')
    writeFileSync(file, '')
    expect(() => lockHome(join(file, 'home'), 'x')).toThrowError(
      expect.objectContaining({ code: 'home-read-only' }),
    )
    const { wayOut, message } = refusal(() => lockHome(join(temporaryHome(), 'n'.repeat(300)), 'x'))
    expect(message).toContain('cannot look into its home folder')
    expect(wayOut).toContain('--home')
    expect(() => lockHome(temporaryHome(), 'x', { freeBytes: () => 1 })).toThrowError(
      expect.objectContaining({ code: 'disk-full' }),
    )
  })
})
