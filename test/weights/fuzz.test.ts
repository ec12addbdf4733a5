/** Hostile weight files by the thousand, seeded: whatever a file says, it is read or refused in plain words, in bounded memory. */
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from '../support/properties'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WorkbenchError } from '../../src/contract/errors'
import { parameterShapes } from '../../src/domain/model/spec'
import { inspectWeights } from '../../src/main/weights/inspect'
import { readWeights } from '../../src/main/weights/read'
import { npy, safetensors, zerosNpz, zip } from './support/archives'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-fuzz-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Beyond what the process had: a tensor of the largest claim that a file of these sizes can make, and no more. */
const memoryBoundBytes = 500e6
const peakBytes = (): number => process.resourceUsage().maxRSS * 1024

let fileCount = 0
async function fileOf(bytes: Uint8Array, byteCount = bytes.length): Promise<string> {
  fileCount += 1
  const path = join(folder, `file-${String(fileCount % 8)}`)
  await writeFile(path, bytes)
  if (byteCount > bytes.length) {
    // a hole: as long as told, without its bytes
    const handle = await open(path, 'r+')
    await handle.truncate(byteCount)
    await handle.close()
  }
  return path
}

/** Reads and inspects; answers with how many of the two worked. Fails on anything but a plain refusal. */
async function outcome(path: string): Promise<number> {
  let worked = 0
  for (const look of [readWeights, inspectWeights]) {
    try {
      await look(path)
      worked += 1
    } catch (thrown) {
      expect(thrown, String(thrown)).toBeInstanceOf(WorkbenchError)
      expect(thrown).toMatchObject({ code: 'bad-weights', message: expect.stringContaining(path) as unknown })
      expect(String(thrown).length).toBeLessThan(1000)
      expect(String(thrown)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/)
    }
  }
  return worked
}

/** Runs the property, then holds the memory it took to the bound. */
async function holds<T>(arbitrary: fc.Arbitrary<T>, toPath: (value: T) => Promise<string>, numRuns: number) {
  const before = peakBytes()
  await fc.assert(
    fc.asyncProperty(arbitrary, async (value) => {
      await outcome(await toPath(value))
    }),
    { numRuns, seed: 5 },
  )
  expect(peakBytes() - before).toBeLessThan(memoryBoundBytes)
}

const spec = { units: [1, 1, 1, 1] as [number, number, number, number], width: 0.5 }
const shapes = parameterShapes(spec, 3)
const npzFile = zerosNpz(shapes)

const uint32 = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(0, 1, 0x7fffffff, 0xfffffffe, 0xffffffff),
)
const position = (length: number) => fc.integer({ min: 0, max: length - 1 })

/** What a damaged disk, a cut connection or an enemy does to bytes. */
function damage(whole: Buffer): fc.Arbitrary<Buffer> {
  const at = position(whole.length)
  const change = fc.oneof(
    fc.record({ kind: fc.constant('flip' as const), at, value: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ kind: fc.constant('word' as const), at, value: uint32 }),
    fc.record({ kind: fc.constant('cut' as const), at }),
    fc.record({
      kind: fc.constant('splice' as const),
      at,
      from: at,
      length: fc.integer({ min: 1, max: 200 }),
    }),
    fc.record({
      kind: fc.constant('insert' as const),
      at,
      from: at,
      length: fc.integer({ min: 1, max: 200 }),
    }),
  )
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) =>
    changes.reduce<Buffer>((bytes, one) => {
      const place = Math.min(one.at, Math.max(0, bytes.length - 1))
      if (bytes.length < 5) return bytes
      if (one.kind === 'cut') return bytes.subarray(0, place)
      if (one.kind === 'insert') {
        return Buffer.concat([
          bytes.subarray(0, place),
          whole.subarray(one.from, one.from + one.length),
          bytes.subarray(place),
        ])
      }
      const changed = Buffer.from(bytes)
      if (one.kind === 'flip') changed.writeUInt8(one.value, place)
      if (one.kind === 'word') changed.writeUInt32LE(one.value, Math.min(place, changed.length - 4))
      if (one.kind === 'splice') whole.copy(changed, place, one.from, one.from + one.length)
      return changed
    }, whole),
  )
}

describe('an npz', () => {
  it('that is whole is read, so that what follows is refused for what was done to it', async () => {
    expect(await outcome(await fileOf(npzFile))).toBe(2)
  })

  it('cut off anywhere is refused', async () => {
    for (let length = 0; length < npzFile.length; length += 397) {
      expect(await outcome(await fileOf(npzFile.subarray(0, length))), String(length)).toBe(0)
    }
  })

  it('damaged in any way', async () => {
    await holds(damage(npzFile), fileOf, 50)
  })

  it('damaged in its directory, where the lengths and offsets are', async () => {
    const start = npzFile.indexOf('PK\x01\x02', 'latin1')
    const directory = npzFile.subarray(start)
    await holds(
      damage(directory),
      (damaged) => fileOf(Buffer.concat([npzFile.subarray(0, start), damaged])),
      100,
    )
  })

  const member = fc.record(
    {
      name: fc.oneof(
        fc.constantFrom(
          ...shapes.slice(0, 3).map(({ name }) => `${name}.npy`),
          '../../../etc/passwd.npy',
          '/abs.npy',
          '__proto__.npy',
          '\u001b]0;x\u0007.npy',
          `${'x'.repeat(3000)}.npy`,
        ),
        fc.string().map((text) => `${text}.npy`),
        fc.string(),
      ),
      descr: fc.oneof(
        fc.constantFrom('<f4', '<f2', '>f4', '|O', '<i8', '|V4', '<f8', '<c8', ''),
        fc.string(),
      ),
      shape: fc.oneof(
        fc.constantFrom(
          '()',
          '(1,)',
          '(3,)',
          '(0,)',
          '(-1,)',
          '(99999999999999999999,)',
          '(1e9,)',
          '(4294967296, 4294967296)',
          '(1,1,1,1,1,1,1,1,1)',
          '3',
          '(True,)',
        ),
        fc.array(fc.nat(5), { maxLength: 5 }).map((sizes) => `(${sizes.join(', ')})`),
      ),
      order: fc.constantFrom('False', 'True', 'None'),
      version: fc.constantFrom(1, 2, 3, 9),
      data: fc.uint8Array({ maxLength: 24 }),
      deflated: fc.boolean(),
      claimedBytes: fc.option(uint32, { nil: undefined }),
    },
    { requiredKeys: ['name', 'descr', 'shape', 'order', 'version', 'data', 'deflated'] },
  )

  it('of arrays of any kind, with any names, types, shapes and claims', async () => {
    const archive = fc.array(member, { maxLength: 4 }).map((members) =>
      zip(
        members.map(({ name, descr, shape, order, version, data, deflated, claimedBytes }) => ({
          name,
          bytes: npy(descr, shape, data, { order, version }),
          deflated,
          ...(claimedBytes !== undefined && { claimedBytes }),
        })),
      ),
    )
    await holds(archive, fileOf, 500)
  })

  it('whose Zip64 records point anywhere', async () => {
    const wide = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.constantFrom(0n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 53n),
    )
    const tricks = fc.record({
      entryCount: wide,
      directoryBytes: wide,
      directoryOffset: wide,
      end64At: wide,
      honest: fc.boolean(),
    })
    const start = npzFile.length - 22
    await holds(
      tricks,
      ({ entryCount, directoryBytes, directoryOffset, end64At, honest }) => {
        const end64 = Buffer.alloc(56)
        end64.writeUInt32LE(0x06064b50, 0)
        end64.writeBigUInt64LE(entryCount, 32)
        end64.writeBigUInt64LE(directoryBytes, 40)
        end64.writeBigUInt64LE(directoryOffset, 48)
        const locator = Buffer.alloc(20)
        locator.writeUInt32LE(0x07064b50, 0)
        locator.writeBigUInt64LE(honest ? BigInt(start) : end64At, 8)
        const end = Buffer.from(npzFile.subarray(start))
        end.writeUInt16LE(0xffff, 10)
        return fileOf(Buffer.concat([npzFile.subarray(0, start), end64, locator, end]))
      },
      150,
    )
  })
})

describe('a safetensors', () => {
  const data = { offset: 0 }
  const header: Record<string, unknown> = Object.fromEntries(
    shapes.map(({ name, shape }) => {
      const start = data.offset
      data.offset += 4 * shape.reduce((product, size) => product * size, 1)
      return [name, { dtype: 'F32', shape, data_offsets: [start, data.offset] }]
    }),
  )
  const whole = safetensors(header, new Uint8Array(0))
  const withData = (bytes: Buffer): Promise<string> => fileOf(bytes, bytes.length + data.offset)

  it('that is whole is read', async () => {
    expect(await outcome(await withData(whole))).toBe(2)
  })

  it('damaged in its header', async () => {
    await holds(damage(whole), withData, 150)
  })

  it('whose length is any number', async () => {
    await holds(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      (length) => {
        const bytes = Buffer.from(whole)
        bytes.writeBigUInt64LE(length)
        return fileOf(bytes)
      },
      100,
    )
  })

  const number = fc.oneof(
    fc.nat(24),
    fc.integer(),
    fc.constantFrom(-1, 0.5, 1e300, 2 ** 53, Number.MAX_SAFE_INTEGER),
  )
  const described = fc.oneof(
    fc.record({
      dtype: fc.constantFrom('F32', 'F16', 'BF16', 'I8', 'F64', 'toString', '__proto__', ''),
      shape: fc.array(number, { maxLength: 9 }),
      data_offsets: fc.tuple(number, number),
    }),
    fc.jsonValue(),
  )
  const key = fc.oneof(
    fc.constantFrom(
      'norm.weight',
      'norm.bias',
      'stem.conv.weight',
      'head.fc.bias',
      '__proto__',
      'constructor',
      '__metadata__',
      '../../x',
      'stages.9.blocks.99.conv1.weight',
      'resnet/x\u0000',
    ),
    fc.string(),
  )

  it('whose header says anything about anything', async () => {
    await holds(
      fc.tuple(fc.array(fc.tuple(key, described), { maxLength: 5 }), fc.uint8Array({ maxLength: 48 })),
      ([entries, bytes]) => {
        // written by hand: an object would take __proto__ for something else
        const json = `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`
        const length = Buffer.alloc(8)
        length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)))
        return fileOf(Buffer.concat([length, Buffer.from(json), bytes]))
      },
      400,
    )
    expect(Object.keys(Object.prototype)).toEqual([])
  })

  it.each([
    ['lists in lists without end', '['.repeat(300_000) + ']'.repeat(300_000), /its header is damaged/],
    [
      'objects in objects without end',
      `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`,
      /damaged at the tensor a/,
    ],
    ['a list', '[1, 2]', /damaged at the tensor 0/],
    [
      'a tensor called __proto__',
      '{"__proto__": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}}',
      /tensor __proto__ does not belong to a BiT/,
    ],
    [
      'a type that every object has',
      '{"norm.bias": {"dtype": "constructor", "shape": [1], "data_offsets": [0, 4]}}',
      /norm.bias has the type constructor/,
    ],
    [
      'half of a pair of surrogates',
      '{"\\ud800": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}',
      /does not belong to a BiT/,
    ],
    ['nothing', '', /its header is damaged/],
    ['null', 'null', /its header is damaged/],
  ])('%s: refused', async (_, json, message) => {
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)))
    const path = await fileOf(Buffer.concat([length, Buffer.from(json), new Uint8Array(4)]))
    await expect(inspectWeights(path)).rejects.toThrow(message)
    expect(await outcome(path)).toBe(0)
  })
})

it('a file of nothing sensible', async () => {
  await holds(
    fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
    fileOf,
    300,
  )
})
