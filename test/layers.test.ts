/** Who may import whom. A rule that is broken names the file and the import. */
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

const source = resolve('src')

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|svelte)$/.test(file))
  .map((file) => file.split(sep).join('/'))

/** Module specifiers of a file: `{ typeOnly }` for `import type`. Relative ones become paths from src/. */
function importsOf(file: string): { to: string; typeOnly: boolean }[] {
  const text = readFileSync(join(source, file), 'utf8')
  const found: { to: string; typeOnly: boolean }[] = []
  const statement = /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/g
  const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)|\brequire\(\s*['"]([^'"]+)['"]\s*\)/g
  const add = (specifier: string, typeOnly: boolean): void => {
    const to = specifier.startsWith('.')
      ? relative(source, resolve(source, dirname(file), specifier))
          .split(sep)
          .join('/')
      : specifier
    found.push({ to, typeOnly })
  }
  for (const match of text.matchAll(statement)) add(match[2] ?? '', match[1] !== undefined)
  for (const match of text.matchAll(dynamic)) add(match[1] ?? match[2] ?? '', false)
  return found
}

interface Rule {
  readonly name: string
  readonly of: RegExp
  /** What must not be imported. */
  readonly never: RegExp
  /** Types carry no code: allowed where this is true. */
  readonly typesAllowed?: boolean
}

const rules: Rule[] = [
  {
    name: 'the contract imports only the schema library',
    of: /^contract\//,
    never: /^(?!contract\/|zod$)/,
  },
  {
    name: 'only the window, its host and the preload know Electron',
    of: /^(?!main\/index\.ts|main\/host\/window|preload\/)/,
    never: /^electron$/,
  },
  {
    name: 'data has no TensorFlow, store, model, services, rpc or trainer code',
    of: /^main\/data\//,
    never: /^(@tensorflow|main\/(store|model|engine|training|services|rpc|host|trainer)\/)|^better-sqlite3$/,
    typesAllowed: true,
  },
  {
    name: 'model has no data, store, services, rpc or trainer code',
    of: /^main\/model\//,
    never: /^main\/(data|store|training|services|rpc|host|trainer)\/|^better-sqlite3$/,
    typesAllowed: true,
  },
  {
    name: 'the rule, the schedule and the estimates are pure',
    of: /^main\/training\/(hyper-rule|schedule|estimate|interval)/,
    never: /^@tensorflow|^main\/(data|store|engine|services|rpc|host|trainer)\/|^node:/,
  },
  {
    name: 'the store knows no TensorFlow, no services and no transport',
    of: /^main\/store\//,
    never: /^(@tensorflow|main\/(engine|training|services|rpc|host|trainer)\/)/,
    typesAllowed: true,
  },
  {
    name: 'only the trainer side loads TensorFlow',
    of: /^main\/(?!engine\/|model\/|training\/|export\/|trainer\/child)/,
    never: /^@tensorflow/,
  },
  {
    name: 'the core does not load the engine, the step or the loop',
    of: /^main\/(services|store|rpc|host|cli|report|trainer\/supervisor)/,
    never:
      /^main\/(export\/|engine\/(load|tensorflow|wasm|gradient-check|record|graph-)|training\/(train-state|eager-state|recorded-state|step-functions|programs|take-step|loop|evaluate|measure)|model\/(resnet-v2|group-norm|std-conv))/,
    typesAllowed: true,
  },
  {
    name: 'exports know no store, services and transport',
    of: /^main\/export\//,
    never: /^main\/(store|services|rpc|host|trainer)\//,
    typesAllowed: true,
  },
  {
    name: 'only the store opens SQLite',
    of: /^(?!main\/store\/)/,
    never: /^better-sqlite3$/,
    typesAllowed: true,
  },
  {
    name: 'the renderer reaches the main side through the contract only',
    of: /^renderer\//,
    never: /^(main|preload)\/|^node:|^electron$/,
  },
  {
    name: 'parts of the interface kit know neither state nor transport nor screens',
    of: /^renderer\/ui\//,
    never: /^renderer\/(state|transport|features)\//,
    typesAllowed: true,
  },
  {
    name: 'state knows no screens',
    of: /^renderer\/state\//,
    never: /^renderer\/(features|ui)\//,
    typesAllowed: true,
  },
]

describe('layers', () => {
  it('reads the imports of every source file', () => {
    expect(files.length).toBeGreaterThan(10)
    expect(importsOf('contract/endpoints.ts').map(({ to }) => to)).toContain('contract/entities/run')
  })

  for (const rule of rules) {
    it(rule.name, () => {
      const broken: string[] = []
      for (const file of files.filter((name) => rule.of.test(name))) {
        for (const { to, typeOnly } of importsOf(file)) {
          if (rule.never.test(to) && !(rule.typesAllowed === true && typeOnly)) broken.push(`${file} → ${to}`)
        }
      }
      expect(broken).toEqual([])
    })
  }

  it('has no barrel and no utils file', () => {
    expect(
      files.filter((file) => /(^|\/)(utils?|helpers?)\.ts$|(^|\/)contract\/index\.ts$/.test(file)),
    ).toEqual([])
  })
})
