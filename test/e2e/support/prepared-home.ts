/**
 * Homes that are made once per build and copied for each file that needs one: importing and training take ten seconds, a copy a tenth of
 * one. Both are told how fast the machine is, so that no plan measures it in the background.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { sourceHash } from '../../../scripts/setup/build.cjs'
import { drawTinyDataset } from '../../support/tiny-dataset'

/** `imported`: the tiny dataset, as "tiny". `trained`: also one small run, "first". */
export type PreparedHome = 'imported' | 'trained'

/** Puts the images into `folder/images` and the home into `folder/home`; `folder` exists. */
export function prepareHome(folder: string, kind: PreparedHome = 'trained'): void {
  // With their times, by which the workbench knows a file again.
  const copy = (from: string, to: string): void =>
    cpSync(join(preparedPath(), from), join(folder, to), { recursive: true, preserveTimestamps: true })
  copy('images', 'images')
  copy(kind, 'home')
  changeDatabase(join(folder, 'home'), (db) =>
    db.prepare('UPDATE datasets SET root_path = ?').run(join(folder, 'images')),
  )
}

/** What the prepared homes know of the machine's speed, for a home with another dataset, before a server opens it. */
export function knowSpeed(folder: string): void {
  changeDatabase(join(folder, 'home'), takeSpeed)
}

/** Before all tests. At once where it was done for this build. `knowHomeSpeed` tells a home that is not made yet how fast the machine is. */
export async function makePreparedHomes(knowHomeSpeed: (homePath: string) => Promise<void>): Promise<void> {
  const path = resolve('out', `prepared-${sourceHash(resolve('.')).slice(0, 16)}`)
  process.env[variable] = path
  if (existsSync(path)) return
  for (const name of readdirSync(resolve('out')).filter((one) => one.startsWith('prepared-')))
    rmSync(resolve('out', name), { recursive: true, force: true })
  const folder = mkdtempSync(resolve('out', 'prepared-'))
  await drawTinyDataset(join(folder, 'images'), 10)
  const [imported, trained] = [join(folder, 'imported'), join(folder, 'trained')]
  await knowHomeSpeed(imported)
  runBitw(imported, 'import', join(folder, 'images'), '--name', 'tiny')
  cpSync(imported, trained, { recursive: true, preserveTimestamps: true })
  const model = ['--model', 'units:1-1-1-1,width:0.5']
  const sizes = ['--batch', '8', '--resize', '40', '--crop', '32', '--steps', '6']
  runBitw(trained, 'train', '--dataset', 'tiny', ...model, '--name', 'first', ...sizes)
  renameSync(folder, path)
}

/** Runs the built command on a home to its end. Throws, with what it said, where it fails or hangs. */
export function runBitw(homePath: string, ...words: string[]): string {
  return execFileSync(process.execPath, [resolve('out/main/cli.cjs'), '--home', homePath, ...words], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 240_000,
    killSignal: 'SIGKILL',
  })
}

/** Workers get it from the process of the set-up. */
const variable = 'BITW_TEST_PREPARED'

function preparedPath(): string {
  const path = process.env[variable]
  if (path === undefined) throw new Error('The global set-up has prepared no homes.')
  return path
}

function takeSpeed(db: Database.Database): void {
  db.prepare('ATTACH ? AS measured').run(join(preparedPath(), 'trained', 'workbench.db'))
  for (const table of ['measurements', 'engine_starts'])
    db.exec(`INSERT INTO main.${table} SELECT * FROM measured.${table}`)
}

function changeDatabase(homePath: string, change: (db: Database.Database) => void): void {
  const db = new Database(join(homePath, 'workbench.db'))
  change(db)
  db.close()
}
