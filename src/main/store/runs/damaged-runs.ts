/** The runs whose rows cannot be read, found without reading the rest of the others. */
import { engineReportSchema, modelSpecSchema } from '../../../contract/entities/model'
import { choiceSchema, recipeSchema, type DamagedRun } from '../../../contract/entities/run'
import { WorkbenchError, wireErrorSchema } from '../../../contract/errors'
import { readRuns } from './read-runs'
import { readRun, selectRuns, type RunRow } from './run-row'
import { statement, type Db } from '../statement'

/** What of a row may be no text of JSON, or none of what it should be. */
const schemas = {
  recipe_json: recipeSchema,
  spec_json: modelSpecSchema,
  choices_json: choiceSchema.array(),
  engine_json: engineReportSchema,
  error_json: wireErrorSchema,
} as const
type Column = keyof typeof schemas
const columns = Object.keys(schemas) as Column[]

type Cells = { readonly id: number } & Readonly<Record<Column, string | null>>

/** Newest first. Throws 'home-broken' where no row can be read. */
export function readDamagedRuns(db: Db): DamagedRun[] {
  try {
    return suspects(db)
      .map((id) => statement<RunRow>(db, `${selectRuns} WHERE runs.id = ?`).get(id))
      .flatMap((row) => (row === undefined ? [] : readRun(row)))
      .filter((run) => 'reason' in run)
      .reverse()
  } catch (thrown) {
    if (!(thrown instanceof WorkbenchError) || thrown.code !== 'home-broken') throw thrown
    // A page is damaged that some of them lie on: one by one.
    return readRuns(db).filter((run) => 'reason' in run)
  }
}

/** Of thousands of runs, most have the same few recipes, choices and engines. */
const mostRemembered = 20_000

function suspects(db: Db): number[] {
  const sound = new Set<string>()
  const isSound = (column: Column, text: string | null): boolean => {
    if (text === null || sound.has(text)) return true
    if (!fits(column, text)) return false
    if (sound.size < mostRemembered) sound.add(text)
    return true
  }
  const found: number[] = []
  const rows = db.prepare<[], Cells>(`SELECT id, ${columns.join(', ')} FROM runs ORDER BY id`).iterate()
  for (const cells of rows)
    if (columns.some((column) => !isSound(column, cells[column]))) found.push(cells.id)
  return found
}

function fits(column: Column, text: string): boolean {
  try {
    return schemas[column].safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}
