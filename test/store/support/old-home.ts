import Database from 'better-sqlite3'
import { migrate, migrations } from '../../../src/main/store/home/migrate'
import type { Db } from '../../../src/main/store/statement'

const tables = ['datasets', 'classes', 'images', 'splits', 'split_images', 'split_classes', 'runs']

/** A database as it was after the first `migrationCount` migrations, in memory, with the datasets and runs of `source`. Foreign keys are off. */
export function oldHome(source: Db, migrationCount: number): Db {
  const old = new Database(':memory:')
  migrate(old, migrations.slice(0, migrationCount))
  old.pragma('foreign_keys = OFF') // datasets and splits refer to each other
  for (const table of tables) {
    const columns = (old.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name)
    const insert = old.prepare(
      `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`,
    )
    for (const row of source.prepare<[], unknown[]>(`SELECT ${columns.join()} FROM ${table}`).raw().all())
      insert.run(...row)
  }
  return old
}
