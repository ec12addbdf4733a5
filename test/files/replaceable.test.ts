import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { pathToWrite } from '../../src/main/files/replaceable'
import { createFeatureFile } from '../../src/main/report/feature-file'
import { openStreamedFile } from '../../src/main/report/streamed-file'
import { temporaryFolder } from '../support/test-core'

const place = temporaryFolder('replaceable')
afterAll(() => place.remove())
const at = (name: string): string => join(place.path, name)
const isOurs = (head: Buffer): boolean => head.toString().startsWith('ours')

describe('a name that is to be written', () => {
  it('may be free, empty, or of a file that the workbench wrote', () => {
    writeFileSync(at('ours'), 'ours, earlier')
    writeFileSync(at('empty'), '')
    for (const name of ['free', 'ours', 'empty']) expect(pathToWrite(at(name), isOurs)).toBe(at(name))
  })

  it('is refused where a file lies that somebody else wrote, which stays', () => {
    writeFileSync(at('theirs'), 'theirs')
    expect(() => openStreamedFile(at('theirs'), isOurs)).toThrow(
      'the workbench did not write what lies there',
    )
    expect(readFileSync(at('theirs'), 'utf8')).toBe('theirs')
  })

  it('is refused where somebody else wrote a file there meanwhile', () => {
    const file = openStreamedFile(at('meanwhile'), isOurs)
    file.append('ours')
    writeFileSync(at('meanwhile'), 'theirs')
    expect(() => file.finish()).toThrow('the workbench did not write what lies there')
    file.close()
    expect(readFileSync(at('meanwhile'), 'utf8')).toBe('theirs')
    expect(readdirSync(place.path).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('leads through a link, which stays', () => {
    mkdirSync(at('elsewhere'))
    writeFileSync(at('elsewhere/table'), 'ours, earlier')
    symlinkSync(at('elsewhere/table'), at('link'))
    const file = openStreamedFile(at('link'), isOurs)
    file.append('ours, new')
    file.finish()
    expect(readFileSync(at('elsewhere/table'), 'utf8')).toBe('ours, new')
    expect(readFileSync(at('link'), 'utf8')).toBe('ours, new')
  })

  it.skipIf(process.platform === 'win32')('is refused where it is a folder, a pipe or a device', () => {
    execFileSync('mkfifo', [at('pipe')])
    mkdirSync(at('folder'))
    expect(() => pathToWrite(at('pipe'), () => true)).toThrow('it is a pipe')
    expect(() => pathToWrite(at('folder'), () => true)).toThrow('it is a folder')
    expect(() => pathToWrite('/dev/null', () => true)).toThrow('it is a device')
    expect(existsSync('/dev/null')).toBe(true)
  })

  for (const format of ['npz', 'csv', 'jsonl'] as const) {
    it(`is known again as a file of features in ${format}, and no other file is`, () => {
      const path = at(`features.${format}`)
      const write = (): void => {
        const file = createFeatureFile(path, format, 3)
        file.add('image.png', new Float32Array([1, 2, 3]))
        file.finish()
      }
      write()
      write()
      writeFileSync(path, 'PK\x03\x04 or {"a": 1} or path,label of somebody else, long enough to look at')
      expect(write).toThrow('the workbench did not write what lies there')
    })
  }
})
