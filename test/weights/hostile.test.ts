/** Files as they come: other types and orders, cut off, flipped, lying about their lengths. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from '../support/properties'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WorkbenchError } from '../../src/contract/errors'
import { writeNpz } from '../../src/main/weights/npz'
import { readWeights } from '../../src/main/weights/read'
import { writeSafetensors } from '../../src/main/weights/safetensors'
import type { WeightSet } from '../../src/main/weights/weight-set'
import { npy, safetensors, zip, type Member } from './support/archives'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bitw-hostile-'))
})
afterAll(() => rm(folder, { recursive: true }))

let fileCount = 0
async function fileOf(bytes: Uint8Array): Promise<string> {
  fileCount += 1
  const path = join(folder, `file-${String(fileCount % 20)}`)
  await writeFile(path, bytes)
  return path
}

const read = async (bytes: Uint8Array): Promise<WeightSet> => readWeights(await fileOf(bytes))

const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer)
const halves = (...bits: number[]): Uint8Array => new Uint8Array(Uint16Array.from(bits).buffer)
const name = 'resnet/head/conv2d/bias.npy'
const npz = (bytes: Uint8Array, more: Partial<Member> = {}): Buffer => zip([{ name, bytes, ...more }])

async function only(bytes: Uint8Array): Promise<number[]> {
  return [...((await read(bytes)).values().next().value?.data ?? [])]
}

describe('npz files', () => {
  it('stored and deflated, numpy format 1 and 2, float32 and float16', async () => {
    const values = [1, -2, 0.5]
    expect(await only(npz(npy('<f4', '(3,)', floats(...values))))).toEqual(values)
    expect(
      await only(npz(npy('<f4', '(3,)', floats(...values), { version: 2 }), { deflated: true })),
    ).toEqual(values)
    expect(await only(npz(npy('<f2', '(3,)', halves(0x3c00, 0xc000, 0x3800))))).toEqual(values)
    // the smallest subnormal and the largest finite half
    expect(await only(npz(npy('<f2', '(2,)', halves(0x0001, 0x7bff))))).toEqual([2 ** -24, 65504])
  })

  it('Fortran order is turned to C order', async () => {
    const columns = npy('<f4', '(2, 3)', floats(1, 4, 2, 5, 3, 6), { order: 'True' })
    expect(await only(npz(columns))).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('numbered layer names are the unnumbered ones', async () => {
    const member = {
      name: 'resnet/block1/unit01/a/standardized_conv2d_12/kernel.npy',
      bytes: npy('<f4', '(1,)', floats(1)),
    }
    expect([...(await read(zip([member]))).keys()]).toEqual([
      'resnet/block1/unit01/a/standardized_conv2d/kernel',
    ])
    const twice = { ...member, name: 'resnet/block1/unit01/a/standardized_conv2d_13/kernel.npy' }
    await expect(read(zip([member, twice]))).rejects.toThrow(/standardized_conv2d\/kernel twice/)
  })

  it.each([
    [
      'Python objects',
      npz(npy('|O', '(1,)', floats(1))),
      /conv2d\/bias contains Python objects, which are never loaded/,
    ],
    ['whole numbers', npz(npy('<i8', '(1,)', floats(1, 1))), /conv2d\/bias has the type <i8/],
    ['too few numbers', npz(npy('<f4', '(3,)', floats(1))), /conv2d\/bias does not have as many numbers/],
    [
      'an absurd shape',
      npz(npy('<f4', '(99999999999999999999,)', floats(1))),
      /conv2d\/bias has an impossible shape/,
    ],
    ['not a number', npz(npy('<f4', '(1,)', floats(NaN))), /conv2d\/bias has a value that is not a number/],
    ['another entry', zip([{ name: 'readme.txt', bytes: floats(1) }]), /readme\.txt is not a numpy array/],
    [
      'a lie about the length',
      npz(npy('<f4', '(1,)', floats(1)), { claimedBytes: 4_000_000_000, deflated: true }),
      /conv2d\/bias has impossible lengths/,
    ],
    ['no entry', zip([]), /has no tensors/],
  ])('%s: refused, naming the tensor', async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message)
    await expect(read(bytes)).rejects.toMatchObject({ code: 'bad-weights' })
  })

  it('a changed number is found by the checksum', async () => {
    const bytes = npz(npy('<f4', '(3,)', floats(1, 2, 3)))
    const at = bytes.indexOf(Buffer.from(floats(2)))
    bytes.writeUInt8(7, at)
    await expect(read(bytes)).rejects.toThrow(/conv2d\/bias is damaged: its checksum is wrong/)
  })

  it('a bomb of zeros is refused before it is unpacked', async () => {
    const zeros = npy('<f4', '(75000000,)', new Uint8Array(300e6))
    await expect(read(npz(zeros, { deflated: true }))).rejects.toThrow(/implausibly large/)
  })
})

const tensor = (dtype: string, shape: number[], start: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [start, end],
})

describe('safetensors files', () => {
  it('F32, F16 and BF16', async () => {
    const values = [1, -2, 0.5]
    const of = (dtype: string, data: Uint8Array) =>
      only(
        safetensors({ __metadata__: { a: 'b' }, 'head.fc.bias': tensor(dtype, [3], 0, data.length) }, data),
      )
    expect(await of('F32', floats(...values))).toEqual(values)
    expect(await of('F16', halves(0x3c00, 0xc000, 0x3800))).toEqual(values)
    expect(await of('BF16', halves(0x3f80, 0xc000, 0x3f00))).toEqual(values)
  })

  it.each([
    [
      'a foreign name',
      { 'vit.weight': tensor('F32', [1], 0, 4) },
      /vit\.weight does not belong to a BiT model/,
    ],
    ['another type', { 'norm.bias': tensor('I64', [1], 0, 8) }, /norm\.bias has the type I64/],
    [
      'overlaps',
      { 'norm.bias': tensor('F32', [1], 0, 4), 'norm.weight': tensor('F32', [1], 0, 4) },
      /norm\.\w+ does not start where/,
    ],
    ['a gap', { 'norm.bias': tensor('F32', [1], 4, 8) }, /norm\.bias does not start where/],
    ['an end outside', { 'norm.bias': tensor('F32', [100], 0, 400) }, /norm\.bias is cut off/],
    ['a wrong length', { 'norm.bias': tensor('F32', [2], 0, 4) }, /norm\.bias does not have as many numbers/],
    ['negative offsets', { 'norm.bias': tensor('F32', [1], -4, 0) }, /damaged at the tensor norm\.bias/],
    ['more bytes than told', { 'norm.bias': tensor('F32', [1], 0, 4) }, /longer than its header says/],
  ])('%s: refused, naming the tensor', async (_, header, message) => {
    await expect(read(safetensors(header, new Uint8Array(8)))).rejects.toThrow(message)
  })

  it('a header whose length begins with the bytes of a zip is a header', async () => {
    const data = floats(1, -2)
    const described = { 'head.fc.bias': tensor('F32', [2], 0, data.length) }
    const paddedTo = (byteCount: number): Buffer => {
      const rest = byteCount - JSON.stringify({ __metadata__: { pad: '' }, ...described }).length
      return safetensors({ __metadata__: { pad: ' '.repeat(rest) }, ...described }, data)
    }
    const bytes = paddedTo(0x4b50)
    expect(bytes.toString('latin1', 0, 2)).toBe('PK')
    expect(await only(bytes)).toEqual([1, -2])
    expect(await only(paddedTo(0x014b50))).toEqual([1, -2])
  })

  it('a header of absurd length is refused unread', async () => {
    const bytes = Buffer.alloc(64)
    bytes.writeBigUInt64LE(2n ** 63n)
    await expect(read(bytes)).rejects.toThrow(/header length is implausible/)
  })
})

describe('any damage', () => {
  const small: WeightSet = new Map([
    [
      'resnet/root_block/standardized_conv2d/kernel',
      { shape: [1, 1, 2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    ],
    ['resnet/group_norm/gamma', { shape: [2], data: Float32Array.of(1, 2) }],
  ])

  it.each([
    ['npz', writeNpz],
    ['safetensors', writeSafetensors],
  ] as const)('to a .%s ends in weights or in a plain error, never in a crash', async (extension, write) => {
    const path = join(folder, `whole.${extension}`)
    await write(small, path)
    const whole = await readFile(path)
    const position = fc.integer({ min: 0, max: whole.length - 1 })
    const damage = fc.record({
      flips: fc.array(fc.record({ at: position, value: fc.integer({ min: 0, max: 255 }) }), { maxLength: 6 }),
      length: fc.oneof(fc.constant(whole.length), position),
    })
    await fc.assert(
      fc.asyncProperty(damage, async ({ flips, length }) => {
        const bytes = Buffer.from(whole)
        for (const { at, value } of flips) bytes.writeUInt8(value, at)
        const outcome = await read(bytes.subarray(0, length)).catch((thrown: unknown) => thrown)
        expect(outcome instanceof Map || outcome instanceof WorkbenchError, String(outcome)).toBe(true)
      }),
      { numRuns: 600, seed: 1 },
    )
  })

  it('what is cut off anywhere is refused', async () => {
    for (const [extension, write] of [
      ['npz', writeNpz],
      ['safetensors', writeSafetensors],
    ] as const) {
      const path = join(folder, `cut.${extension}`)
      await write(small, path)
      const whole = await readFile(path)
      for (let length = 0; length < whole.length; length += 7) {
        await expect(
          read(whole.subarray(0, length)),
          `${extension} cut to ${String(length)}`,
        ).rejects.toMatchObject({ code: 'bad-weights' })
      }
    }
  })

  it('a missing file and a folder are named', async () => {
    await expect(readWeights(join(folder, 'none.npz'))).rejects.toMatchObject({ code: 'path-not-found' })
    await expect(readWeights(folder)).rejects.toMatchObject({ code: 'path-not-readable' })
  })
})
