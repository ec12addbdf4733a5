/** What a page or a program may send: the core answers each call with a result or in words, and lives. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { endpoints } from '../../src/contract/endpoints'
import { WorkbenchError } from '../../src/contract/errors'
import { openStore } from '../../src/main/store/open'
import { addDataset, addRun } from '../store/support/home'
import fc from '../support/properties'
import { openTestCore, temporaryFolder, type TestCore } from '../support/test-core'

const home = temporaryFolder('hostile-values')
let test: TestCore

beforeAll(async () => {
  await (await openTestCore(home.path, 'none')).core.close()
  const { db, close } = openStore(home.path)
  addRun(db, addDataset(db))
  addRun(db, addDataset(db, 'other'), 'second')
  close()
  test = await openTestCore(home.path, 'none')
})
afterAll(async () => {
  await test.core.close()
  home.remove()
})

/** Those that look at what is there, or change what is said of images; none that starts a task, deletes, or asks for files. */
const names = Object.keys(endpoints).filter(
  (name) =>
    /^(?:labels|predictions|runs|images|preflight|views)\./.test(name) &&
    !/export|delete|start|reveal|csv|report|save/i.test(name),
)

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

/** Mostly of the fields that the call has, so that what gets past one check meets the next. */
function inputOf(name: string): fc.Arbitrary<unknown> {
  const schema: unknown = endpoints[name as keyof typeof endpoints].input
  const fields = schema instanceof z.ZodObject ? Object.keys(schema.shape as object) : []
  const usual: Record<string, unknown[]> = {
    ...{ datasetId: [1, 2], runId: [1, 2], id: [1, 2], first: [1], second: [2], offset: [0], limit: [10] },
    ...{ query: ['', 'is:any'], imageIds: [[1, 2]], change: [{ kind: 'tag', tag: 'a' }], group: ['fixed'] },
  }
  const value = (field: string): fc.Arbitrary<unknown> =>
    fc.oneof(
      { arbitrary: fc.constantFrom(...(usual[field] ?? [1])), weight: 2 },
      { arbitrary: hostile, weight: 1 },
    )
  const shaped = fc.record(Object.fromEntries(fields.map((field) => [field, value(field)])), {
    requiredKeys: [],
  })
  return fc.oneof({ arbitrary: shaped, weight: 4 }, { arbitrary: hostile, weight: 1 })
}

it.each(names)('%s answers hostile values in words', async (name) => {
  await fc.assert(
    fc.asyncProperty(inputOf(name), async (input) => {
      try {
        await test.core.callRaw(name, input)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(WorkbenchError)
        const { code, message } = thrown as WorkbenchError
        expect([code, message]).not.toContain('internal')
        expect(message.length).toBeLessThan(2000)
      }
    }),
    { numRuns: 60 },
  )
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(await test.core.call('runs.list', {})).toHaveLength(2)
})
