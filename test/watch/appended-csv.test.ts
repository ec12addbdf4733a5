import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { csvLine } from '../../src/main/report/csv'
import { openAppendedCsv } from '../../src/main/watch/appended-csv'
import { temporaryFolder } from '../support/test-core'

const { path: folder, remove } = temporaryFolder('appended-csv')
afterAll(remove)
const head = csvLine(['path', 'class'])

it('goes on with a file of its own, knows its lines, and drops one that was cut off', async () => {
  const path = join(folder, 'new', 'out.csv')
  const first = await openAppendedCsv(path, head)
  first.append(csvLine(['a "quoted", name.jpg', 'x']) + csvLine(['two\nlines.jpg', 'y']))
  first.close()
  writeFileSync(path, 'c.jpg', { flag: 'a' })
  const second = await openAppendedCsv(path, head)
  expect([...second.firstFields]).toEqual(['a "quoted", name.jpg', 'two\nlines.jpg'])
  second.append(csvLine(['d.jpg', 'z']))
  second.close()
  expect(readFileSync(path, 'utf8')).toBe(
    'path,class\r\n"a ""quoted"", name.jpg",x\r\n"two\nlines.jpg",y\r\nd.jpg,z\r\n',
  )
})

it('changes neither a file of another program nor one with other columns', async () => {
  for (const content of ['my notes', 'path,class,more\r\na,b,c\r\n']) {
    const path = join(folder, 'theirs.csv')
    writeFileSync(path, content)
    await expect(openAppendedCsv(path, head)).rejects.toMatchObject({ code: 'not-allowed' })
    expect(readFileSync(path, 'utf8')).toBe(content)
  }
})
