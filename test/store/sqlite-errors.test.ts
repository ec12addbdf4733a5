import { describe, expect, it } from 'vitest'
import { plainStoreError } from '../../src/main/store/sqlite-errors'

describe('a complaint of SQLite', () => {
  it.each([
    ['SQLITE_FULL', 'disk-full'],
    ['SQLITE_IOERR_SHMSIZE', 'disk-full'],
    ['SQLITE_IOERR_READ', 'home-broken'],
  ])('%s is told as %s', (code, expected) => {
    expect(plainStoreError(Object.assign(new Error('disk I/O error'), { code }), '/home/db')).toMatchObject({
      code: expected,
    })
  })
})
