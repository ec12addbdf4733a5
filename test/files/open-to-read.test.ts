import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeFolders } from '../../src/main/files/make-folders'
import { openToRead } from '../../src/main/files/open-to-read'
import { temporaryFolder } from '../support/test-core'

const place = temporaryFolder('open-to-read')
afterAll(() => place.remove())
const at = (name: string): string => join(place.path, name)

describe('a file that a user names', () => {
  it('is opened, through a link too', async () => {
    writeFileSync(at('file'), 'text')
    symlinkSync(at('file'), at('link'))
    for (const name of ['file', 'link']) {
      const handle = await openToRead(at(name))
      expect(await handle.readFile('utf8')).toBe('text')
      await handle.close()
    }
  })

  it('is refused at once where it is a folder', async () => {
    mkdirSync(at('folder'))
    await expect(openToRead(at('folder'))).rejects.toThrow('it is not a file but a folder')
  })

  it.skipIf(process.platform === 'win32')(
    'is refused at once where it is a pipe, a socket or a device',
    async () => {
      execFileSync('mkfifo', [at('pipe')])
      symlinkSync(at('pipe'), at('link to a pipe'))
      const server = createServer().listen(at('socket'))
      await once(server, 'listening')
      for (const name of ['pipe', 'link to a pipe'])
        await expect(openToRead(at(name))).rejects.toThrow('it is not a file but a pipe')
      await expect(openToRead(at('socket'))).rejects.toThrow('it is not a file but a socket')
      await expect(openToRead('/dev/zero')).rejects.toThrow('it is not a file but a device')
      server.close()
    },
  )
})

// Node's own way of making a folder with its parents tries for ever there.
it.runIf(process.platform === 'linux')(
  'a folder that cannot be made is refused at once, below /proc too',
  () => {
    expect(() => makeFolders('/proc/nothing/folder')).toThrow('ENOENT')
    makeFolders(at('a/b/c'))
    makeFolders(at('a/b/c'))
  },
)
