import { createHash } from 'node:crypto'
import type { Db } from '../../../src/main/store/statement'

/** All rows of all tables. `sqlite_sequence` alone may go on: an id that was given away once is not given again. */
export function everything(db: Db): string {
  const names = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .pluck()
    .all()
  const hash = createHash('sha256')
  for (const name of names) {
    const rows = db.prepare(`SELECT * FROM "${name}"`).raw().all()
    hash.update(JSON.stringify([name, rows.map((row) => JSON.stringify(row)).sort()]))
  }
  return hash.digest('hex')
}
