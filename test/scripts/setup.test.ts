import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  downloadProgress,
  files,
  isNewEnough,
  keptLog,
  missingPackages,
  packagesAreCurrent,
  sourceHash,
  stampName,
  withLock,
  withNode,
} from './setup-modules'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bitw-setup-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('Node', () => {
  it.each(['v18.20.4', 'v20.20.2', 'v22.13.1', 'v23.5.0'])('%s is too old', (version) => {
    expect(isNewEnough(version)).toBe(false)
  })
  it.each(['v22.14.0', '22.23.3', 'v23.6.0', 'v24.0.0', 'v26.1.0'])('%s is new enough', (version) => {
    expect(isNewEnough(version)).toBe(true)
  })
  it('comes first in PATH, once', () => {
    const path = ['/usr/bin', '/bin'].join(delimiter)
    const once = withNode('/cache/node/bin/node', { PATH: path })
    expect(once['PATH']).toBe(`/cache/node/bin${delimiter}${path}`)
    expect(once['BITW_NODE']).toBe('/cache/node/bin/node')
    expect(withNode('/cache/node/bin/node', once)).toEqual(once)
  })
})

describe('a downloaded file', () => {
  const bytes = 'what was asked for'
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`

  it.each([sha256, integrity])('is kept where its hash is the pinned one (%s)', (pinned) => {
    const file = join(folder, 'package.tgz')
    writeFileSync(file, bytes)
    files.checkHash(file, pinned)
    expect(existsSync(file)).toBe(true)
  })

  it.each([sha256, integrity])('is deleted and named where it was cut off (%s)', (pinned) => {
    const file = join(folder, 'package.tgz')
    writeFileSync(file, bytes.slice(0, 5))
    expect(() => files.checkHash(file, pinned)).toThrow('package.tgz')
    expect(existsSync(file)).toBe(false)
  })
})

describe('the stamp of the packages', () => {
  const install = (lock: string): void => {
    mkdirSync(join(folder, 'node_modules'), { recursive: true })
    writeFileSync(
      join(folder, 'node_modules', stampName),
      JSON.stringify({
        lockSha256: createHash('sha256').update(lock).digest('hex'),
        machine: `${process.platform}-${process.arch}`,
      }),
    )
  }

  it('holds while the lock file is the same', () => {
    writeFileSync(join(folder, 'package-lock.json'), '{}')
    expect(packagesAreCurrent(folder)).toBe(false)
    install('{}')
    expect(packagesAreCurrent(folder)).toBe(true)
  })

  it('falls with another lock file, and with node_modules', () => {
    writeFileSync(join(folder, 'package-lock.json'), '{"changed":1}')
    install('{}')
    expect(packagesAreCurrent(folder)).toBe(false)
  })
})

describe('the hash of the sources', () => {
  it('changes with a file’s content and with its name, and with nothing else', () => {
    mkdirSync(join(folder, 'src', 'deep'), { recursive: true })
    writeFileSync(join(folder, 'src', 'deep', 'a.ts'), 'one')
    const before = sourceHash(folder)
    writeFileSync(join(folder, 'README.md'), 'not read by the build')
    expect(sourceHash(folder)).toBe(before)
    writeFileSync(join(folder, 'src', 'deep', 'a.ts'), 'two')
    const changed = sourceHash(folder)
    expect(changed).not.toBe(before)
    rmSync(join(folder, 'src', 'deep', 'a.ts'))
    writeFileSync(join(folder, 'src', 'deep', 'b.ts'), 'two')
    expect(sourceHash(folder)).not.toBe(changed)
  })
})

describe('two set-ups at once', () => {
  it('work one after the other', async () => {
    const order: string[] = []
    const work = (name: string) => async (): Promise<void> => {
      order.push(`${name} in`)
      await new Promise((resolve) => setImmediate(resolve))
      order.push(`${name} out`)
    }
    await Promise.all([withLock(folder, keptLog(), work('a')), withLock(folder, keptLog(), work('b'))])
    expect(order).toHaveLength(4)
    expect(order[0]?.[0]).toBe(order[1]?.[0])
    expect(order[2]?.[0]).toBe(order[3]?.[0])
  })

  it('take over the lock of a set-up that is dead', async () => {
    mkdirSync(join(folder, 'lock'))
    // beyond every system's largest process number
    files.writeJson(join(folder, 'lock', 'owner.json'), { pid: 2 ** 30, host: hostname() })
    const log = keptLog()
    expect(await withLock(folder, log, () => Promise.resolve('done'))).toBe('done')
    expect(log.lines).toEqual([])
    expect(existsSync(join(folder, 'lock'))).toBe(false)
  })

  it('give the lock back when the work fails', async () => {
    await expect(withLock(folder, keptLog(), () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(existsSync(join(folder, 'lock'))).toBe(false)
  })
})

describe('files of the cache', () => {
  it('are written whole, and read as nothing where they are damaged', () => {
    const file = join(folder, 'deep', 'record.json')
    expect(files.readJson(file)).toBeNull()
    files.writeJson(file, { a: 1 })
    expect(files.readJson(file)).toEqual({ a: 1 })
    expect(readdirSync(join(folder, 'deep'))).toEqual(['record.json'])
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 4))
    expect(files.readJson(file)).toBeNull()
  })

  it('leave no work folder behind, also when the work fails', async () => {
    const fail = files.inWorkFolder(folder, (work) => {
      writeFileSync(join(work, 'half'), 'a')
      return Promise.reject(new Error('cut off'))
    })
    await expect(fail).rejects.toThrow('cut off')
    expect(readdirSync(folder)).toEqual([])
  })

  it('are refused on a disk without room, in words', () => {
    expect(() => files.needSpace(join(folder, 'not', 'yet'), 1e18, 'The engine')).toThrow(
      /The engine needs about .* GB/,
    )
    files.needSpace(folder, 1, 'The engine')
  })
})

describe('what the set-up says', () => {
  it('tells how far a download is', () => {
    expect(downloadProgress(120e6, 259e6, 3000)).toBe('120 of 259 MB, 40 MB/s, 4 s left')
    expect(downloadProgress(120e6, undefined, 3000)).toBe('120 MB, 40 MB/s')
  })

  it('names the Debian packages that are missing, under either of their names', () => {
    const all = [
      'chromium',
      'xvfb',
      'xauth',
      'fonts-dejavu-core',
      'libnss3',
      'libgbm1',
      'libgtk-3-0t64',
      'libasound2',
    ]
    expect(missingPackages(new Set(all))).toEqual([])
    expect(missingPackages(new Set(all.slice(1, -1)))).toEqual(['chromium', 'libasound2'])
  })
})
