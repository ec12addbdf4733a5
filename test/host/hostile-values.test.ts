/** What a page or a program may send: the core answers each call with a result or in words, and lives. */
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { endpoints, type EndpointName } from '../../src/contract/endpoints'
import { WorkbenchError } from '../../src/contract/errors'
import { openStore } from '../../src/main/store/home/open'
import { addDataset, addRun } from '../store/support/home'
import fc from '../support/properties'
import { openTestCore, temporaryFolder, type TestCore } from '../support/test-core'
import { drawTinyDataset } from '../support/tiny-dataset'

const folder = temporaryFolder('hostile-values')
/** So deep that no "../.." leaves the folder. */
const here = join(folder.path, 'a/b/c/d')
const images = join(folder.path, 'images')
const template = join(folder.path, 'template')
const [cwd, userHome] = [process.cwd(), process.env['HOME']]

beforeAll(async () => {
  mkdirSync(here, { recursive: true })
  process.chdir(here)
  process.env['HOME'] = here
  await drawTinyDataset(images, 4)
  await (await openTestCore(template, 'none')).core.close()
  const { db, close } = openStore(template)
  addRun(db, addDataset(db))
  addRun(db, addDataset(db, 'other'), 'second')
  close()
})
afterAll(() => {
  process.chdir(cwd)
  if (userHome !== undefined) process.env['HOME'] = userHome
  folder.remove()
})

/** What would show windows on this machine or fetch gigabytes: nothing that such a call accepts is sent. */
const neverRight: readonly EndpointName[] = ['folders.reveal', 'models.download']

/** The domains of the table: what a call deletes is missed by those of its own domain alone. */
const domains = [...new Set(Object.keys(endpoints).map((name) => name.split('.')[0] ?? ''))]

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, undefined, NaN, Infinity, -Infinity, -1, 0, 1, 2, 0.5, -0, 1e308, 2 ** 53, 2 ** 31, true],
    ...[
      '',
      ' ',
      '__proto__',
      'constructor',
      'toString',
      '\u0000',
      '\ud800',
      '../..',
      '%',
      "'; DROP TABLE runs; --",
    ],
    ...[
      'x'.repeat(200_000),
      '('.repeat(20_000),
      'not '.repeat(20_000),
      '"',
      'label:',
      'is:any',
      'sort:path',
      '1e999',
    ],
    ...[[], {}, [[]], [NaN], ['__proto__'], [1, 1, 1], Array.from({ length: 20_000 }, (_, index) => index)],
    ...[JSON.parse('{"__proto__":{"polluted":1},"kind":"label","className":"__proto__"}')],
    ...[
      { kind: 'label', className: '\u202e' },
      { kind: 'tag', tag: '' },
      { kind: 'exclude', className: 5 },
    ],
    ...[{ constructor: { prototype: { polluted: 1 } } }, { length: 1e9 }],
  ),
  fc.anything({ maxDepth: 2, withNullPrototype: true, withTypedArray: true, withDate: true, withMap: true }),
)

interface Shape {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Shape[]
  readonly oneOf?: readonly Shape[]
  readonly items?: Shape | boolean
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
}

/** Of the shape that the call takes, with something hostile in one place of five: so that what gets past one check meets the next. */
function nearly(shape: Shape): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: fitting(shape), weight: 4 }, { arbitrary: hostile, weight: 1 })
}

function fitting(shape: Shape): fc.Arbitrary<unknown> {
  const choices = shape.anyOf ?? shape.oneOf
  if (choices !== undefined) return fc.oneof(...choices.map(nearly))
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum)
  if (shape.const !== undefined) return fc.constant(shape.const)
  switch (shape.type) {
    case 'integer':
    case 'number':
      return fc.constantFrom(1, 2, 0, 10, 999_999)
    case 'string':
      return fc.constantFrom(
        '',
        'is:any',
        'a',
        images,
        join(here, 'new.csv'),
        'run:1',
        'embedded:bit-tiny',
        '0'.repeat(64),
      )
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(typeof shape.items === 'object' ? nearly(shape.items) : hostile, { maxLength: 3 })
    case 'object': {
      const entries = Object.entries(shape.properties ?? {}).map(([name, field]) => [name, nearly(field)])
      const fields = Object.fromEntries(entries) as Record<string, fc.Arbitrary<unknown>>
      return fc.oneof(
        { arbitrary: fc.record(fields, { requiredKeys: [...(shape.required ?? [])] }), weight: 9 },
        { arbitrary: fc.record(fields, { requiredKeys: [] }), weight: 1 },
      )
    }
    default:
      return hostile
  }
}

function inputOf(name: EndpointName): fc.Arbitrary<unknown> {
  if (neverRight.includes(name)) return hostile
  const schema = z.toJSONSchema(endpoints[name].input, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  })
  return nearly(schema as Shape)
}

/** Processor time that a call may take, and so the longest time that nothing else is answered. */
const mostCpuMs = 1000

describe.each(domains)('every call of %s', (domain) => {
  const home = join(folder.path, `home-${domain}`)
  const names = (Object.keys(endpoints) as EndpointName[]).filter((name) => name.startsWith(`${domain}.`))
  let test: TestCore
  beforeAll(async () => {
    cpSync(template, home, { recursive: true })
    test = await openTestCore(home, 'none')
  })
  afterAll(() => test.core.close())

  it.each(names)('%s answers hostile values with a result or in words', async (name) => {
    await fc.assert(
      fc.asyncProperty(inputOf(name), async (input) => {
        const start = process.cpuUsage()
        try {
          await test.core.callRaw(name, input)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(WorkbenchError)
          const { code, message } = thrown as WorkbenchError
          expect([code, message]).not.toContain('internal')
          expect(message.length).toBeLessThan(2000)
        }
        const { user, system } = process.cpuUsage(start)
        expect((user + system) / 1000).toBeLessThan(mostCpuMs)
      }),
      { numRuns: 60 },
    )
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
    expect(await test.core.call('app.info', {})).toMatchObject({ homePath: home })
  })
})

it('keeps nothing of what it was sent', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const home = join(folder.path, 'home-memory')
  cpSync(template, home, { recursive: true })
  const test = await openTestCore(home, 'none')
  const reading = (Object.keys(endpoints) as EndpointName[]).filter((name) =>
    /\.(?:list|get|query|find|state|counts|summary|preview|plan|layout|alike)$/.test(name),
  )
  const round = async (seed: number): Promise<number> => {
    for (const name of reading)
      for (const input of fc.sample(inputOf(name), { numRuns: 40, seed }))
        await test.core.callRaw(name, input).catch(() => undefined)
    collect()
    return process.memoryUsage().heapUsed
  }
  await round(1)
  const before = await round(2)
  await round(3)
  const grown = (await round(4)) - before
  expect(grown).toBeLessThan(10e6)
  await test.core.close()
})
