/** Who may import whom. A rule that is broken names the file and the import. */
import { readFileSync, readdirSync } from 'node:fs'
import { join, posix, resolve, sep } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importFault, roomTable } from '../scripts/layers.mjs'

const source = resolve('src')

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|svelte)$/.test(file))
  .map((file) => file.split(sep).join('/'))
const fileSet = new Set(files)

function importsOf(file: string): { specifier: string; typeOnly: boolean }[] {
  const text = readFileSync(join(source, file), 'utf8')
  const statement = /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/g
  const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)|\brequire\(\s*['"]([^'"]+)['"]\s*\)/g
  return [
    ...[...text.matchAll(statement)].map((match) => ({
      specifier: match[2] ?? '',
      typeOnly: match[1] !== undefined,
    })),
    ...[...text.matchAll(dynamic)].map((match) => ({
      specifier: match[1] ?? match[2] ?? '',
      typeOnly: false,
    })),
  ]
}

function importedFiles(file: string): string[] {
  return importsOf(file).flatMap(({ specifier }) => {
    if (!specifier.startsWith('.')) return []
    const path = posix.join(posix.dirname(file), specifier)
    return ['', '.ts', '/index.ts'].map((ending) => path + ending).filter((known) => fileSet.has(known))
  })
}

/** One for each import that closes one. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string): void => {
    const place = path.indexOf(file)
    if (place >= 0) found.push([...path.slice(place), file].join(' → '))
    if (place >= 0 || done.has(file)) return
    path.push(file)
    for (const next of graph.get(file) ?? []) visit(next)
    path.pop()
    done.add(file)
  }
  for (const file of graph.keys()) visit(file)
  return found
}

describe('layers', () => {
  it('reads the imports of every source file', () => {
    expect(files.length).toBeGreaterThan(10)
    expect(importsOf('contract/endpoints.ts').map(({ specifier }) => specifier)).toContain('./calls/runs')
  })

  it('lets every file import what its room may import, and nothing else', () => {
    const faults = files.flatMap((file) =>
      importsOf(file).flatMap(({ specifier, typeOnly }) => {
        const fault = importFault(file, specifier, typeOnly)
        return fault === null ? [] : [`src/${file}: ${fault}`]
      }),
    )
    expect(faults).toEqual([])
  })

  it('finds no circle of imports, types included', () => {
    expect(circles(new Map(files.map((file) => [file, importedFiles(file)])))).toEqual([])
  })

  it('would find a circle', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', []],
      ['d', ['e']],
      ['e', ['b']],
    ])
    expect(circles(graph)).toEqual(['b → d → e → b'])
  })

  it('refuses what no room may do', () => {
    expect(importFault('main/store/runs/runs.ts', '../../training/plan', false)).toContain('main/training')
    expect(importFault('main/store/runs/runs.ts', '../../training/plan', true)).toBeNull()
    expect(importFault('main/training/plan.ts', '../trainer/step/loop', false)).toContain('main/trainer/step')
    expect(importFault('main/training/plan.ts', '@tensorflow/tfjs', false)).toContain('@tensorflow/tfjs')
    expect(importFault('main/runs/runs.ts', 'better-sqlite3', false)).toContain('better-sqlite3')
    expect(importFault('domain/split.ts', 'node:fs', false)).toContain('node:fs')
    expect(importFault('renderer/App.svelte', '../main/store/runs', true)).toContain('main/store')
    expect(importFault('renderer/ui/Bar.svelte', '../state/app.svelte', false)).toContain('renderer/state')
    expect(importFault('main/host/compose.ts', 'electron', false)).toContain('electron')
    expect(importFault('main/host/window.ts', 'electron', false)).toBeNull()
  })

  it('has every room in the table of ARCHITECTURE.md, word for word, and no other', () => {
    const document = readFileSync('ARCHITECTURE.md', 'utf8')
    const table = document.slice(document.indexOf('\n## Rooms'), document.indexOf('\n## Where'))
    expect(table.split('\n').filter((line) => line.startsWith('| `'))).toEqual(roomTable())
  })

  it('has no barrel and no utils file', () => {
    expect(
      files.filter((file) => /(^|\/)(utils?|helpers?)\.ts$|(^|\/)contract\/index\.ts$/.test(file)),
    ).toEqual([])
  })
})
