/** Files that killed processes leave, made by real ones that are really killed at random moments. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomStream } from '../../src/domain/random'
import { ownerGone, ownerMark } from '../../src/main/files/owner'
import {
  recordTemporary,
  replacedSuffix,
  sweepBeside,
  sweepNamed,
  sweepRecorded,
  temporaryBeside,
} from '../../src/main/files/temporary'
import { buildEntry } from '../support/build-trainer'

const place = mkdtempSync(join(tmpdir(), 'bitw-temporary-'))
let childPath = ''
beforeAll(async () => {
  childPath = await buildEntry('temporary-child', resolve('test/files/support/child.ts'))
})
afterAll(() => rmSync(place, { recursive: true }))

function folder(name: string): string {
  const path = join(place, name)
  mkdirSync(path, { recursive: true })
  return path
}

/** The mark of a process that has ended. */
async function deadMark(): Promise<string> {
  const child = fork(childPath, ['mark'], { execArgv: [] })
  const [mark] = (await once(child, 'message')) as [string]
  expect(ownerGone(mark)).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(ownerGone(mark)).toBe(true)
  return mark
}

describe('the owner of a temporary file', () => {
  it('is gone when its process was killed, and not where that cannot be known', async () => {
    const mark = await deadMark()
    expect(ownerGone(ownerMark())).toBe(false)
    expect(ownerGone(`abcdef${mark.slice(6)}`)).toBe(false)
    expect(ownerGone('no mark')).toBe(false)
  })

  it.runIf(process.platform === 'linux')(
    'is gone too when its number is used again by another process',
    () => {
      expect(ownerGone(`${ownerMark().slice(0, -6)}abcdef`)).toBe(true)
    },
  )
})

describe('the sweep', () => {
  it('leaves what is of living processes, of nobody, or only called alike', async () => {
    const at = folder('alike')
    const mark = await deadMark()
    const kept = [
      temporaryBeside(join(at, 'x')),
      join(at, 'x.partial-12345678'),
      join(at, 'x.partial'),
      join(at, `y.partial-${mark}-12345678`),
      join(at, `x.partial-abcdef${mark.slice(6)}-12345678`),
    ]
    for (const path of kept) writeFileSync(path, 'kept')
    const link = join(at, `x.partial-${mark}-00000000`)
    symlinkSync(at, link)
    const gone = join(at, `x.partial-${mark}-12345678`)
    writeFileSync(gone, '')
    sweepBeside(join(at, 'x'))
    expect(existsSync(gone)).toBe(false)
    for (const path of [...kept, link]) expect(existsSync(path)).toBe(true)
  })

  it('takes no record at its word: only what carries the mark of its writer goes', async () => {
    const at = folder('records')
    const records = folder('records/unfinished')
    const mark = await deadMark()
    const precious = join(at, 'precious')
    writeFileSync(precious, 'x')
    writeFileSync(
      join(records, `${mark}-11111111`),
      JSON.stringify({ temporary: precious, target: precious }),
    )
    writeFileSync(join(records, `${mark}-22222222`), '{"temporary":')
    writeFileSync(join(records, 'a letter'), 'x')
    sweepRecorded(records)
    expect(existsSync(precious)).toBe(true)
    expect(readdirSync(records)).toEqual(['a letter'])
  })

  it('tells of work whose process was killed, once, and not of what is under way', async () => {
    const records = folder('works')
    const child = fork(childPath, ['work', 'Import flowers', records], { execArgv: [] })
    await once(child, 'message')
    expect(sweepRecorded(records)).toEqual([])
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(sweepRecorded(records)).toEqual(['Import flowers'])
    expect(sweepRecorded(records)).toEqual([])
  })

  it('gives back the name of what was being replaced when the process was killed between', async () => {
    const at = folder('between')
    const target = join(at, 'export')
    const made = `${target}.partial-${await deadMark()}-12345678`
    writeFileSync(`${made}${replacedSuffix}`, 'the one before')
    sweepBeside(target)
    expect(readFileSync(target, 'utf8')).toBe('the one before')
    expect(readdirSync(at)).toEqual(['export'])
  })

  it('leaves nothing of writers that are killed at random moments, and no file that is not whole', async () => {
    const at = folder('killed')
    const records = join(at, 'unfinished')
    const target = join(at, 'target')
    const random = randomStream(20_263)
    let leftCount = 0
    for (let kill = 0; kill < 12; kill++) {
      const child = fork(childPath, ['write', target, records], { execArgv: [] })
      const exited = once(child, 'exit')
      const wanted = 1 + Math.floor(random() * 90)
      await new Promise<void>((done) => {
        let said = 0
        child.on('message', () => {
          if (++said !== wanted) return
          for (let turn = 0, end = Math.floor(random() * 2e6); turn < end; turn++) Math.sqrt(turn)
          child.kill('SIGKILL')
          done()
        })
      })
      await exited
      leftCount += readdirSync(at).filter((name) => name.includes('.partial-')).length
      sweepRecorded(records)
      sweepNamed(at, 'target.partial-')
      expect(readdirSync(at).filter((name) => name.includes('.partial-'))).toEqual([])
      expect(readdirSync(records)).toEqual([])
      if (existsSync(target)) expect(readFileSync(target).length).toBe(300_000)
    }
    console.log(`12 kills left ${String(leftCount)} temporary files`)
  })
})

describe('a record', () => {
  it('goes when its file is done, and is no reason to fail where none can be kept', () => {
    const records = folder('kept')
    const forget = recordTemporary(records, temporaryBeside('/x'), '/x')
    expect(readdirSync(records)).toHaveLength(1)
    forget()
    expect(readdirSync(records)).toEqual([])
    recordTemporary('/proc/nowhere', temporaryBeside('/x'), '/x')()
    recordTemporary(null, temporaryBeside('/x'), '/x')()
  })
})
