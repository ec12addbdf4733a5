import { WorkbenchError } from '../../contract/errors'
import { statement, type Db } from './statement'

interface Rows<Row, Entity> {
  readonly table: 'datasets' | 'runs'
  /** Without a condition and an order. */
  readonly select: string
  readonly read: (row: Row) => Entity
  /** What stands for a row that is on a damaged page. */
  readonly unreadable: (id: number) => Entity
}

/** All rows of a table by their ids, each as far as it can be read. Throws 'home-broken' where none can. */
export function readRows<Row, Entity>(db: Db, rows: Rows<Row, Entity>): Entity[] {
  try {
    return statement<Row>(db, `${rows.select} ORDER BY ${rows.table}.id`).all().map(rows.read)
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    return oneByOne(db, rows, thrown)
  }
}

/** Where a page is damaged that some of them lie on. */
function oneByOne<Row, Entity>(
  db: Db,
  { table, select, read, unreadable }: Rows<Row, Entity>,
  cause: WorkbenchError,
): Entity[] {
  const last =
    statement<{ seq: number }>(db, 'SELECT seq FROM sqlite_sequence WHERE name = ?').get(table)?.seq ?? 0
  const found: Entity[] = []
  let readCount = 0
  for (let id = 1; id <= last; id++) {
    try {
      const row = statement<Row>(db, `${select} WHERE ${table}.id = ?`).get(id)
      if (row === undefined) continue
      found.push(read(row))
      readCount++
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      found.push(unreadable(id))
    }
  }
  if (readCount === 0) throw cause
  return found
}

function isDamage(thrown: unknown): thrown is WorkbenchError {
  return thrown instanceof WorkbenchError && thrown.code === 'home-broken'
}
