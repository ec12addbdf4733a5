/** Photos as cameras give them, for the input bench: mosaics of 12 megapixels of a set's small photos, so that they are as sharp as those. */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import sharp from 'sharp'

const [widthPx, heightPx] = [4000, 3000]
const tilePx = 500

/** Writes `perClass` photos for each of the first `classCount` classes of the folder `from` to the folder `to`. */
export async function makeLargePhotos(from, to, classCount, perClass) {
  const classes = readdirSync(from)
    .filter((name) => statSync(path.join(from, name)).isDirectory())
    .sort()
  const files = classes.flatMap((name) =>
    readdirSync(path.join(from, name))
      .sort()
      .map((file) => path.join(from, name, file)),
  )
  const tileCount = (widthPx / tilePx) * (heightPx / tilePx)
  for (const [index, name] of classes.slice(0, classCount).entries()) {
    mkdirSync(path.join(to, name), { recursive: true })
    for (let photo = 0; photo < perClass; photo++) {
      const first = (index * perClass + photo) * tileCount
      const tiles = Array.from({ length: tileCount }, async (_, tile) => ({
        input: await sharp(files[(first + tile) % files.length])
          .resize(tilePx, tilePx)
          .png({ compressionLevel: 1 })
          .toBuffer(),
        left: (tile * tilePx) % widthPx,
        top: Math.floor((tile * tilePx) / widthPx) * tilePx,
      }))
      await sharp({ create: { width: widthPx, height: heightPx, channels: 3, background: '#808080' } })
        .composite(await Promise.all(tiles))
        .jpeg({ quality: 90 })
        .toFile(path.join(to, name, `${photo}.jpg`))
    }
  }
}
