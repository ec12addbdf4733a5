/** Images of each format, read in every way in which the workbench reads one. */
import { basename, dirname, join } from 'node:path'
import { randomStream } from '../../../domain/random'
import { readImage } from '../../datasets/read-image'
import { decodeImage, decodeKept, thumbnail } from '../../images/decode'
import { fullView } from '../../images/full-view'
import { sharp } from '../../images/image-library'
import { shapedWithin } from '../../images/kept-size'
import { openSource } from '../../sources/sources'
import { noDefectIn } from './defects'
import { resignPng } from './resign'
import { fileSample, fixtureFile, type Attempt, type Parser, type Sample } from './sample'

export const imageParsers: readonly Parser[] = [
  parser('jpeg', async () => [
    fileSample('a.jpg', await photo().jpeg({ quality: 80 }).toBuffer()),
    fileSample('progressive.jpg', await photo().jpeg({ progressive: true }).toBuffer()),
    fileSample('turned.jpg', await photo().withMetadata({ orientation: 6 }).jpeg().toBuffer()),
    fileSample('grey.jpg', await photo().greyscale().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer()),
    fileSample('inks.jpg', await photo().toColourspace('cmyk').jpeg().toBuffer()),
    fileSample('profile.jpg', await photo().withIccProfile('p3').jpeg().toBuffer()),
  ]),
  parser('png', async () => [
    fileSample('a.png', await photo().png().toBuffer(), resignPng),
    fileSample('palette.png', await photo().png({ palette: true, progressive: true }).toBuffer(), resignPng),
    fileSample('deep.png', await photo().toColourspace('rgb16').ensureAlpha(0.5).png().toBuffer(), resignPng),
  ]),
  parser('webp', async () => [
    fileSample('a.webp', await photo().webp().toBuffer()),
    fileSample('lossless.webp', await photo().ensureAlpha(0.5).webp({ lossless: true }).toBuffer()),
  ]),
  parser('gif', async () => [fileSample('a.gif', await photo().gif().toBuffer())]),
  parser('avif', async (fixtures) => [
    fileSample('a.avif', await photo().avif({ effort: 0 }).toBuffer()),
    fixtureFile(join(fixtures, 'images/anim.avif')),
  ]),
  parser('tiff', async (fixtures) => [
    ...(await Promise.all(
      (['none', 'lzw', 'deflate', 'packbits'] as const).map(async (compression) =>
        fileSample(`${compression}.tif`, await photo().tiff({ compression }).toBuffer()),
      ),
    )),
    fileSample('jpeg.tif', await photo().tiff({ compression: 'jpeg', tile: true }).toBuffer()),
    fileSample(
      'fax.tif',
      await photo()
        .threshold()
        .toColourspace('b-w')
        .tiff({ compression: 'ccittfax4', bitdepth: 1 })
        .toBuffer(),
    ),
    ...[
      'bands-13.tif',
      'compression-zstd.tif',
      'grey-f32-0..1.tif',
      'old-jpeg-tiled.tif',
      'rgb-plus-nir-unspecified.tif',
      'tiff-tags-unsorted.tif',
      'ycbcr-uncompressed.tif',
    ].map((name) => fixtureFile(join(fixtures, 'images', name))),
  ]),
  parser('bmp', async (fixtures) => [
    fixtureFile(join(fixtures, 'images/rle8.bmp')),
    fileSample('24.bmp', await bitmap()),
  ]),
  parser('pnm', (fixtures) => [
    fixtureFile(join(fixtures, 'images/a.pgm')),
    fixtureFile(join(fixtures, 'images/a.ppm')),
    fileSample('plain.ppm', Buffer.from(`P3\n# text\n4 3\n255\n${'0 128 255\n'.repeat(12)}`)),
    fileSample('plain.pbm', Buffer.from(`P1\n8 4\n${'1 0 1 0 1 0 1 0\n'.repeat(4)}`)),
  ]),
]

function parser(
  name: string,
  samples: (fixtures: string) => Promise<readonly Sample[]> | readonly Sample[],
): Parser {
  return { name, samples, read: readInAllWays }
}

async function readInAllWays(path: string, attempt: Attempt): Promise<void> {
  const source = openSource({ kind: 'folder', path: dirname(path) })
  await attempt(async () => noDefectIn((await readImage(source, basename(path))).fault?.message ?? ''))
  // What the import refused is not asked for; but a file can change after its import.
  await attempt(() => decodeImage(path, 160))
  await attempt(() => decodeKept(path, shapedWithin(64, 32)))
  await attempt(() => thumbnail(path, 200))
  await attempt(() => fullView(path))
}

/** Noise on a slope: 120 × 90 px. */
function photo(): ReturnType<typeof sharp> {
  return sharp(pixels(), { raw: { width: 120, height: 90, channels: 3 } })
}

function pixels(): Buffer {
  const next = randomStream(1)
  return Buffer.from(
    Array.from({ length: 120 * 90 * 3 }, (_, index) => (index % 360) / 2 + Math.floor(next() * 32)),
  )
}

async function bitmap(): Promise<Buffer> {
  const rows = await photo().flip().raw().toBuffer()
  const head = Buffer.alloc(54)
  head.write('BM', 'latin1')
  head.writeUInt32LE(54 + rows.length, 2)
  head.writeUInt32LE(54, 10)
  head.writeUInt32LE(40, 14)
  head.writeInt32LE(120, 18)
  head.writeInt32LE(90, 22)
  head.writeUInt16LE(1, 26)
  head.writeUInt16LE(24, 28)
  return Buffer.concat([head, rows])
}
