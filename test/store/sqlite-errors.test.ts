import { describe, expect, it } from 'vitest'
import { plainStoreError } from '../../src/main/store/sqlite-errors'

describe('a complaint of SQLite', () => {
  it.each([
    ['SQLITE_FULL', 'disk-full'],
    ['SQLITE_IOERR_SHMSIZE', 'disk-full'],
    ['SQLITE_IOERR_READ', 'home-unreachable'],
    ['SQLITE_PROTOCOL', 'home-unreachable'],
    ['EIO', 'home-unreachable'],
    ['SQLITE_IOERR_SHORT_READ', 'home-broken'],
    ['SQLITE_CORRUPT', 'home-broken'],
  ])('%s is told as %s', (code, expected) => {
    expect(plainStoreError(Object.assign(new Error('disk I/O error'), { code }), '/home/db')).toMatchObject({
      code: expected,
    })
  })

  it.each(['SQLITE_READONLY', 'SQLITE_CANTOPEN', 'EACCES', 'EROFS'])(
    '%s names the file that cannot be written, and what to do',
    (code) => {
      const thrown = Object.assign(new Error('permission denied'), { code })
      expect(plainStoreError(thrown, '/home/db')).toMatchObject({
        code: 'home-read-only',
        message: 'The workbench cannot write /home/db (permission denied).',
        wayOut: 'Make the folder and its files writable for this user, or choose another home with --home.',
      })
    },
  )
})
