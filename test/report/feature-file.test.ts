import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { withFile } from '../../src/main/weights/file-reader'
import { npyLayout } from '../../src/main/weights/npy-header'
import { readZipDirectory, readZipEntry } from '../../src/main/weights/zip-read'
import { createFeatureFile, featureFormat, type FeatureFormat } from '../../src/main/report/feature-file'
import { temporaryFolder } from '../support/test-core'

const { path: folder, remove } = temporaryFolder('features')
afterAll(remove)

const width = 3
const paths = ['/a, "b".jpg', '/ä🦊.png', '/c.png']
const vectors = [
  [0.1, 1e-30, 3],
  [0, -0.25, 16777217],
  [1 / 3, 5, 6],
].map((values) => Float32Array.from(values))

function write(name: string, format: FeatureFormat, count = paths.length): string {
  const path = join(folder, 'made', name)
  const file = createFeatureFile(path, format, width)
  for (const [index, vector] of vectors.slice(0, count).entries()) file.add(paths[index] ?? '', vector)
  expect(existsSync(path)).toBe(false)
  file.finish()
  file.close()
  return path
}

/** Entries of a zip by name; their checksums are held to. */
function unzip(path: string): Promise<Map<string, Buffer>> {
  return withFile(path, async (reader) => {
    const found = new Map<string, Buffer>()
    for (const entry of await readZipDirectory(reader)) {
      const pieces: Buffer[] = []
      for await (const piece of readZipEntry(reader, entry)) pieces.push(piece)
      found.set(entry.name, Buffer.concat(pieces))
    }
    return found
  })
}

function headerAndNumbers(array: Buffer): { header: string; numbers: Uint8Array } {
  const { headerStart, dataStart } = npyLayout('', '', array.subarray(0, 12))
  return {
    header: array.toString('latin1', headerStart, dataStart),
    numbers: Uint8Array.from(array.subarray(dataStart)),
  }
}

describe('features as a file', () => {
  it('.npz: numbers as float32 and paths as text, as numpy keeps them', async () => {
    const arrays = await unzip(write('three.npz', 'npz'))
    expect([...arrays.keys()]).toEqual(['features.npy', 'paths.npy'])
    const features = headerAndNumbers(arrays.get('features.npy') ?? Buffer.alloc(0))
    expect(features.header).toContain("'descr': '<f4', 'fortran_order': False, 'shape': (3, 3)")
    expect(new Float32Array(features.numbers.buffer, 0, 9)).toEqual(
      Float32Array.from(vectors.flatMap((v) => [...v])),
    )
    const text = headerAndNumbers(arrays.get('paths.npy') ?? Buffer.alloc(0))
    expect(text.header).toContain("'descr': '<U11', 'fortran_order': False, 'shape': (3,)")
    const points = new Uint32Array(text.numbers.buffer, 0, 33)
    const read = paths.map((_, row) =>
      String.fromCodePoint(...points.subarray(row * 11, (row + 1) * 11)).replaceAll('\0', ''),
    )
    expect(read).toEqual(paths)
  })

  it('.npz with none is an empty array of that width', async () => {
    const arrays = await unzip(write('none.npz', 'npz', 0))
    const { header, numbers } = headerAndNumbers(arrays.get('features.npy') ?? Buffer.alloc(0))
    expect(header).toContain("'shape': (0, 3)")
    expect(numbers).toHaveLength(0)
  })

  it('.csv and .jsonl: every float32 comes back as it was', () => {
    const [head, ...lines] = readFileSync(write('three.csv', 'csv'), 'utf8').trimEnd().split('\r\n')
    expect(head).toBe('path,f0,f1,f2')
    expect(lines[0]?.startsWith('"/a, ""b"".jpg",')).toBe(true)
    expect(lines.map((line) => Float32Array.from(line.split(',').slice(-3), Number))).toEqual(vectors)
    const records = readFileSync(write('three.jsonl', 'jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { path: string; features: number[] })
    expect(records.map(({ path }) => path)).toEqual(paths)
    expect(records.map(({ features }) => Float32Array.from(features))).toEqual(vectors)
  })

  it('leaves the old file, and nothing else, where it was not finished', () => {
    mkdirSync(join(folder, 'old'))
    const path = join(folder, 'old', 'features.npz')
    const earlier = createFeatureFile(path, 'npz', width)
    earlier.finish()
    const bytes = readFileSync(path)
    const file = createFeatureFile(path, 'npz', width)
    file.add('/a', vectors[0] ?? new Float32Array(width))
    file.close()
    expect(readdirSync(join(folder, 'old'))).toEqual(['features.npz'])
    expect(readFileSync(path)).toEqual(bytes)
  })

  it('says in words where it cannot be written, and which names say a format', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(() => createFeatureFile(join(folder, 'file', 'x.csv'), 'csv', width)).toThrow(
      expect.objectContaining({ code: 'bad-input' }) as Error,
    )
    expect(featureFormat('/a/b.NPZ')).toBe('npz')
    expect(() => featureFormat('/a/npz')).toThrow(
      expect.objectContaining({
        code: 'bad-input',
        wayOut: expect.stringContaining('.jsonl') as unknown,
      }) as Error,
    )
  })
})

const python = ['/tmp/tfpy/bin/python', 'python3'].find((program) => {
  try {
    execFileSync(program, ['-c', 'import numpy'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})

describe.skipIf(python === undefined)('numpy (skipped where there is none)', () => {
  it('reads what we write', () => {
    const code =
      'import numpy, sys; z = numpy.load(sys.argv[1]); print(z["features"].tolist(), z["paths"].tolist())'
    const said = execFileSync(python ?? '', ['-c', code, write('numpy.npz', 'npz')], { encoding: 'utf8' })
    expect(said.trim()).toBe(
      `[[0.10000000149011612, 1.0000000031710769e-30, 3.0], [0.0, -0.25, 16777216.0], [0.3333333432674408, 5.0, 6.0]] ['/a, "b".jpg', '/ä🦊.png', '/c.png']`,
    )
  })
})
