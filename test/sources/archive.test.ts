import { readFile, rename, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { WorkbenchError } from '../../src/contract/errors'
import { readWholeImage } from '../../src/main/images/file-source'
import { addressOf, openSource, sourceName } from '../../src/main/sources/sources'
import { makeImages, imageBytes, scan } from '../datasets/support/scan-helpers'
import { encode, noise, temporaryFolder } from '../images/support/images'
import { sharp } from '../../src/main/images/image-library'
import { tarOf, zipOf, type TarFile, type ZipFile } from './support/archives'
import { fixtures, otherCounts, ourCounts } from './support/other-tools'

beforeAll(makeImages)

async function fileOf(bytes: Buffer, name = 'flowers.bin'): Promise<string> {
  const path = join(temporaryFolder(), name)
  await writeFile(path, bytes)
  return path
}

/** Two good classes, and what the test is about. */
const zipWith = (...more: ZipFile[]): Promise<string> =>
  fileOf(
    zipOf([
      { name: 'cat/1.jpg', bytes: imageBytes(0) },
      { name: 'dog/1.jpg', bytes: imageBytes(1), deflated: true },
      ...more,
    ]),
  )
const tarWith = (...more: TarFile[]): Promise<string> =>
  fileOf(
    tarOf([
      { name: 'cat/1.jpg', bytes: imageBytes(0) },
      { name: 'dog/1.jpg', bytes: imageBytes(1) },
      ...more,
    ]),
  )

const named = ({ path, severity, code, message }: Record<string, string>): string =>
  `${severity ?? ''} ${code ?? ''} ${path ?? ''} — ${message ?? ''}`

describe('an archive that another tool wrote', () => {
  it.each(['deflated.zip', 'stored64.zip', 'infozip.zip', 'pax.tar', 'gnu.tar', 'system.tar'])(
    'has the counts of that tool: %s',
    async (name) => {
      const kind = name.slice(-3)
      const path = join(fixtures, 'archive', name)
      expect(await ourCounts(path)).toEqual({ kind, ...otherCounts(name) })
      const { images, problems } = await scan(path)
      expect(images).toHaveLength(12)
      expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
      expect(new Set(images.map(({ contentHash }) => contentHash)).size).toBe(12)
    },
  )
})

describe('an archive of images', () => {
  it('is told by its content and called by its name', async () => {
    const zip = await fileOf(zipOf([]), 'a.tar')
    expect(await addressOf(zip)).toEqual({ kind: 'zip', path: zip })
    expect((await addressOf(await fileOf(tarOf([{ name: 'a' }]), 'a.zip'))).kind).toBe('tar')
    expect(sourceName({ kind: 'zip', path: '/data/flowers.zip' })).toBe('flowers')
  })

  it.each([
    ['zip', zipOf],
    ['tar', tarOf],
  ] as const)('is read as a folder is: parts, a folder around all, hidden files (%s)', async (_, make) => {
    const names = [
      'train/cat/1.jpg',
      'train/dog/2.jpg',
      'test/cat/3.jpg',
      'test/dog/.4.jpg',
      'test/dog/4.jpg',
    ]
    const files = names.map((name, index) => ({ name: `pets/${name}`, bytes: imageBytes(index) }))
    const system = { name: '__MACOSX/pets/train/cat/1.jpg', bytes: imageBytes(0) }
    const { classNames, images, problems } = await scan(await fileOf(make([...files, system])))
    expect(classNames).toEqual(['cat', 'dog'])
    expect(images.map(({ key, folderPart }) => `${key} ${folderPart ?? ''}`)).toEqual([
      'pets/test/cat/3.jpg test',
      'pets/test/dog/4.jpg test',
      'pets/train/cat/1.jpg train',
      'pets/train/dog/2.jpg train',
    ])
    expect(problems.map(({ severity, code, path }) => `${severity} ${code} ${path}`)).toEqual([
      'note hidden __MACOSX',
      'note layout pets/',
      'note hidden pets/test/dog/.4.jpg',
    ])
  })

  it.each([
    ['stored', { deflated: false }],
    ['deflated', { deflated: true }],
  ])('gives the bytes of an image at once and in its own time, however large it is (%s)', async (_, how) => {
    const { pixels } = noise(9, 400, 300)
    const large = await sharp(pixels, { raw: { width: 400, height: 300, channels: 3 } })
      .png()
      .toBuffer()
    const small = await encode(5)
    const path = await zipWith(
      { name: 'cat/large.png', bytes: large, ...how },
      { name: 'cat/small.jpg', bytes: small, ...how },
      { name: 'cat/plain.bmp', bytes: Buffer.alloc(300_000, 'BM'), ...how },
      { name: 'cat/empty.jpg', ...how },
    )
    const source = openSource({ kind: 'zip', path })
    const whole = (key: string): Promise<Buffer> =>
      readWholeImage((...request) => source.read(key, ...request))
    for (const [key, bytes] of [
      ['cat/large.png', large],
      ['cat/small.jpg', small],
      ['cat/plain.bmp', Buffer.alloc(300_000, 'BM')],
      ['cat/empty.jpg', Buffer.alloc(0)],
    ] as const) {
      expect(bytes.equals(await whole(key))).toBe(true)
      expect(bytes.equals(Buffer.from(await source.readInside(key)))).toBe(true)
      expect(bytes.equals(source.readNow(key, 1e6) ?? Buffer.from('nothing'))).toBe(true)
      expect(source.factsNow(key)?.size).toBe(bytes.length)
      const head = await source.read(key, 64, () => false)
      expect([head.byteCount, head.bytes.equals(bytes.subarray(0, 64))]).toEqual([bytes.length, true])
    }
    expect(source.readNow('cat/large.png', 1000)).toBeNull()
    expect(source.readNow('cat/none.png', 1000)).toBeNull()
    expect(source.place('cat/1.jpg')).toBe(path)
  })

  it('is checked again by its own time, and read anew once it was replaced', async () => {
    const path = await zipWith()
    const source = openSource({ kind: 'zip', path })
    const facts = (key: string) => source.factsNow(key)
    const one = facts('cat/1.jpg')
    const known = { byteCounts: [one?.size ?? 0, 1], modifiedMs: [one?.mtimeMs ?? 0, one?.mtimeMs ?? 0] }
    const check = () => source.check(['cat/1.jpg', 'gone.jpg'], { facts: known })
    expect(await check()).toEqual({ missing: new Map([[1, 'It is no longer in the archive.']]), changed: [] })
    await utimes(path, 1, 1)
    expect((await check())?.changed).toEqual([0])
    const other = await fileOf(zipOf([{ name: 'gone.jpg', bytes: imageBytes(2) }]))
    await rename(other, path)
    expect([facts('cat/1.jpg'), facts('gone.jpg')?.size]).toEqual([null, imageBytes(2).length])
    await expect(source.readInside('cat/1.jpg')).rejects.toMatchObject({ code: 'path-not-found' })
    await rename(path, `${path}2`)
    expect(await source.problem()).toEqual({ isGone: true, reason: 'It no longer exists.' })
    expect(source.readNow('gone.jpg', 1e6)).toBeNull()
    await expect(source.readInside('gone.jpg')).rejects.toMatchObject({ code: 'path-not-found' })
  })

  it('has all files of its directory, also where its count of them was wrapped at 65,536', async () => {
    const files = ['cat', 'dog'].flatMap((name, place) =>
      [0, 1, 2].map((index) => ({ name: `${name}/${index}.jpg`, bytes: imageBytes(3 * place + index) })),
    )
    for (const entryCount of [files.length + 65_536, 4, 0]) {
      const { images } = await scan(await fileOf(zipOf(files, { entryCount })))
      expect(images).toHaveLength(files.length)
    }
  })

  it('may stand behind a program, have a comment, and be a Zip64', async () => {
    const files = [
      { name: 'cat/1.jpg', bytes: imageBytes(0), isZip64: true },
      { name: 'dog/1.jpg', bytes: imageBytes(1), deflated: true, isZip64: true },
    ]
    const comment = 'PK\x05\x06 is how the end of a zip file begins'
    for (const options of [
      { comment, before: Buffer.from('PK\x03\x04 no archive yet') },
      { isZip64: true, comment },
    ]) {
      const { images } = await scan(await fileOf(zipOf(files, options)))
      expect(images.map(({ key }) => key)).toEqual(['cat/1.jpg', 'dog/1.jpg'])
    }
  })
})

describe('of a hostile archive', () => {
  it('nothing leads out: paths, links and devices are left out, and said', async () => {
    const bytes = imageBytes(2)
    const zip = await scan(
      await zipWith(
        { name: '../cat/2.jpg', bytes },
        { name: '/cat/3.jpg', bytes },
        { name: 'C:\\cat\\4.jpg', bytes },
        { name: 'cat\\..\\..\\5.jpg', bytes },
        { name: 'cat/6\0.jpg', bytes },
        { name: 'cat/7.jpg', bytes: Buffer.from('/etc/passwd'), mode: 0o120777 },
      ),
    )
    expect(zip.images).toHaveLength(2)
    expect(zip.problems.map(named)).toEqual([
      'error bad-entry ../cat/2.jpg — Its path has “..” in it: it leads out of the archive.',
      'error bad-entry /cat/3.jpg — Its path is absolute: it leads out of the archive.',
      'error bad-entry C:/cat/4.jpg — Its path is absolute: it leads out of the archive.',
      'error bad-entry cat/../../5.jpg — Its path has “..” in it: it leads out of the archive.',
      'error bad-entry cat/6?.jpg — Its name has a NUL character in it.',
      'error bad-entry cat/7.jpg — It is a link. Links in archives are not followed.',
    ])
    const tar = await scan(
      await tarWith(
        { name: '../cat/2.jpg', bytes },
        { name: '/cat/3.jpg', bytes },
        { name: 'cat/4.jpg', type: '2', link: '/etc/passwd' },
        { name: 'cat/5.jpg', type: '1', link: 'cat/1.jpg' },
        { name: 'cat/6.jpg', type: '3' },
        { name: Buffer.from('cat/K\xe4fer.jpg', 'latin1'), bytes },
      ),
    )
    expect(tar.images).toHaveLength(2)
    expect(tar.problems.map(({ severity, code, path }) => `${severity} ${code} ${path}`)).toEqual([
      'error bad-entry ../cat/2.jpg',
      'error bad-entry /cat/3.jpg',
      'error bad-entry cat/4.jpg',
      'error bad-entry cat/5.jpg',
      'error unreadable cat/6.jpg',
      'error unreadable cat/K\ufffdfer.jpg',
    ])
  })

  it('the last of several files of one name is used, and names in the letters of DOS are read', async () => {
    const { images, problems } = await scan(
      await zipWith(
        { name: 'cat/1.jpg', bytes: imageBytes(3) },
        {
          name: Buffer.from([...Buffer.from('cat/K'), 0x84, ...Buffer.from('fer.jpg')]),
          bytes: imageBytes(4),
          flags: 0,
        },
      ),
    )
    expect(images.map(({ key, byteCount }) => [key, byteCount])).toEqual([
      ['cat/1.jpg', imageBytes(3).length],
      ['cat/Käfer.jpg', imageBytes(4).length],
      ['dog/1.jpg', imageBytes(1).length],
    ])
    expect(problems.map(({ severity, path }) => `${severity} ${path}`)).toEqual(['note cat/1.jpg'])
  })

  it('a file that is damaged, lies about its length or its packing is left out alone', async () => {
    const bytes = imageBytes(2)
    const { images, problems } = await scan(
      await zipWith(
        { name: 'cat/2.jpg', bytes, crc: 1 },
        { name: 'cat/3.jpg', bytes, deflated: true, byteCount: bytes.length - 9 },
        { name: 'cat/4.jpg', bytes, deflated: true, byteCount: bytes.length + 9 },
        { name: 'cat/5.jpg', bytes, byteCount: bytes.length + 9 },
        { name: 'cat/6.jpg', bytes, method: 14 },
        { name: 'cat/7.jpg', bytes, method: 8 },
        { name: 'cat/8.jpg', bytes: Buffer.alloc(70e6), deflated: true },
        { name: 'cat/9.jpg', bytes, deflated: true, byteCount: 4e9 },
      ),
    )
    expect(images).toHaveLength(2)
    expect(problems.map(({ severity, code, path }) => `${severity} ${code} ${path}`)).toEqual([
      'error unreadable cat/2.jpg',
      'error unreadable cat/3.jpg',
      'error unreadable cat/4.jpg',
      'error corrupt cat/5.jpg',
      'error unsupported-format cat/6.jpg',
      'error unreadable cat/7.jpg',
      'error too-large cat/8.jpg',
      'error corrupt cat/9.jpg',
    ])
  })

  const large = Buffer.alloc(1000, 'x')
  it.each([
    ['is empty', Buffer.alloc(0), 'zip', 'it has no directory at its end, so it is cut off.'],
    ['is cut off', zipOf([{ name: 'cat/1.jpg', bytes: large }]).subarray(0, 900), 'zip', 'so it is cut off'],
    [
      'has more files than its directory',
      zipOf([{ name: 'a' }], { entryCount: 60_000 }),
      'zip',
      'what cannot be',
    ],
    [
      'has files beyond its end',
      zipOf([{ name: 'a', bytes: large, packedBytes: 1e6, byteCount: 1e6 }]),
      'zip',
      'beyond the end',
    ],
    [
      'is a bomb of files in one place',
      zipOf([
        { name: 'a', bytes: large },
        { name: 'b', bytes: large, offset: 0 },
      ]),
      'zip',
      'files in it overlap',
    ],
    [
      'is a bomb of many files',
      zipOf(
        Array.from({ length: 400 }, (_, index) => ({
          name: `${String(index)}.jpg`,
          bytes: Buffer.alloc(60_000),
          method: 8,
          byteCount: 60e6,
        })),
      ),
      'zip',
      'it would unpack to 24 GB, more than 100 times its size.',
    ],
    [
      'is encrypted',
      zipOf([{ name: 'cat/1.jpg', bytes: large, flags: 0x801 }]),
      'zip',
      'its files are encrypted (cat/1.jpg).',
    ],
    [
      'is damaged in its directory',
      Buffer.from(
        zipOf([{ name: 'abc', bytes: large }])
          .toString('latin1')
          .replace('PK\x01\x02', 'PK\x01\x03'),
        'latin1',
      ),
      'zip',
      'its directory is damaged',
    ],
    ['is an empty tar', Buffer.alloc(1024), 'tar', 'there is no file in it.'],
    [
      'is a tar that is cut off',
      tarOf([{ name: 'cat/1.jpg', bytes: large }]).subarray(0, 1024),
      'tar',
      'it is cut off within cat/1.jpg.',
    ],
    [
      'claims a huge file',
      tarOf([{ name: 'cat/1.jpg', bytes: large, size: 8e9 }]),
      'tar',
      'it is cut off within',
    ],
    [
      'is a tar that is damaged',
      Buffer.concat([tarOf([{ name: 'cat/1.jpg', bytes: large }], false), Buffer.alloc(512, 'x')]),
      'tar',
      'it is damaged at byte 1536.',
    ],
    [
      'has a name without end',
      tarOf([{ name: '././@LongLink', type: 'L', bytes: Buffer.alloc(2e6, 'a') }]),
      'tar',
      'it is damaged at byte 0.',
    ],
  ] as const)('the whole is refused in words where it %s', async (_, bytes, kind, message) => {
    const path = await fileOf(bytes)
    await expect(scan(path, { source: { kind, path } })).rejects.toMatchObject({
      code: 'path-not-readable',
      message: expect.stringContaining(message) as unknown,
    })
  })

  it('a tar is whole without the blocks at its end', async () => {
    const files = [
      { name: 'cat/1.jpg', bytes: imageBytes(0) },
      { name: 'dog/1.jpg', bytes: imageBytes(1) },
    ]
    expect((await scan(await fileOf(tarOf(files, false)))).images).toHaveLength(2)
  })

  it('packings that cannot be read in place are named, with the way out', async () => {
    for (const [start, name] of [
      ['\x1f\x8b\x08\x00', 'gzip'],
      ['BZh91AY', 'bzip2'],
      ['7z\xbc\xaf\x27\x1c', '7z'],
    ] as const) {
      const path = await fileOf(Buffer.from(start, 'latin1'), 'flowers.tar.gz')
      await expect(addressOf(path)).rejects.toMatchObject({
        code: 'unsupported',
        message: `${path} is packed as a whole (${name}): its images cannot be read in place.`,
        wayOut: expect.stringContaining('Unpack it') as unknown,
      })
    }
  })

  it.each(['deflated.zip', 'stored64.zip', 'pax.tar', 'gnu.tar'])(
    'any damage is an error in words, or leaves out files alone: %s',
    async (name) => {
      const whole = await readFile(join(fixtures, 'archive', name))
      const path = await fileOf(whole)
      let seed = 7
      for (let round = 0; round < 40; round++) {
        const bytes = Buffer.from(whole)
        for (let at = 0; at < 5; at++) {
          seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
          // half of it near the end, where a zip has its directory
          const near = round % 2 === 0 ? 0 : Math.max(0, whole.length - 1500)
          bytes[near + (seed % (whole.length - near))] = seed >>> 24
        }
        await writeFile(path, round % 5 === 0 ? bytes.subarray(0, seed % whole.length) : bytes)
        const thrown = await scan(path, { source: { kind: name.slice(-3), path } }).then(
          () => null,
          (error: unknown) => error,
        )
        if (thrown !== null) expect(thrown).toBeInstanceOf(WorkbenchError)
      }
    },
  )

  it('the archive itself may be a link, and is never a device', async () => {
    const path = await zipWith()
    const link = join(temporaryFolder(), 'link.zip')
    await symlink(path, link)
    expect((await scan(link)).images).toHaveLength(2)
    await expect(scan('/dev/zero', { source: { kind: 'zip', path: '/dev/zero' } })).rejects.toMatchObject({
      code: 'path-not-readable',
      message: expect.stringContaining('it is not a file but a device') as unknown,
    })
  })
})
