/** Whether an image can really be decoded to its end: a header says nothing of a file that was cut off, and decoders go on in grey. */
import { imageFormat } from './image-format'
import { type FailOn, type ImageHeader, imageHeader, openImage, warningsOfHeader } from './open-image'
import { cutOff, decoderWords, ImageRefusal, refusalOf } from './refusal'
import { arePixelsCutOff } from './tiff-extent'
import { jpegTiles } from './tiff-jpeg-tiles'
import { plainTiff } from './tiff-plain'
import { tiffSamples } from './tiff-samples'

const tinyPixelCount = 128 * 128

/**
 * null where nothing is wrong; in words what a decoder only grumbles about. Throws an ImageRefusal where pixels are lost. The decoder keeps its
 * messages in one place for all threads: the kind of a fault is certain only where nothing else is decoded meanwhile.
 */
export async function minorFault(
  file: Uint8Array,
  header: Pick<ImageHeader, 'widthPx' | 'heightPx'>,
): Promise<string | null> {
  try {
    return await faultIn(file, header)
  } catch (thrown) {
    throw refusalOf(file, thrown)
  }
}

async function faultIn(
  file: Uint8Array,
  header: Pick<ImageHeader, 'widthPx' | 'heightPx'>,
): Promise<string | null> {
  if (imageFormat(file) === 'tiff') await refuseDamagedTiles(file)
  try {
    await decodeSmall(file, header, 'warning')
    return null
  } catch (thrown) {
    if (thrown instanceof ImageRefusal) throw thrown
    return judged(file, header, thrown)
  }
}

/** Throws an ImageRefusal where the import would refuse the file, too. */
export async function refuseDamaged(file: Uint8Array): Promise<void> {
  await minorFault(file, await imageHeader(file))
}

/** What the decoder's first fault means. Throws what is wrong. */
async function judged(
  file: Uint8Array,
  header: Pick<ImageHeader, 'widthPx' | 'heightPx'>,
  fault: unknown,
): Promise<string> {
  if (imageFormat(file) === 'tiff') return judgedTiff(file, header, fault)
  // A JPEG that was cut off fails first with the damage at its last line; asked for the end alone, it says what it is.
  await decodeSmall(file, header, 'truncated')
  if (
    textOf(fault)
      .split('\n')
      .some((line) => meansDamage(line, file))
  )
    throw fault
  // The first warning ended the attempt: of what lies behind it only the decoder's warnings tell.
  const behind: string[] = []
  await decodeSmall(file, header, 'error', (text) => behind.push(text))
  const damage = behind.find((text) => meansDamage(text, file))
  if (damage !== undefined) throw new Error(damage)
  return decoderWords(fault)
}

/** Of a damaged tile libtiff only warns, as of an odd directory. */
async function judgedTiff(
  file: Uint8Array,
  header: Pick<ImageHeader, 'widthPx' | 'heightPx'>,
  fault: unknown,
): Promise<string> {
  // First, since what is missing at the end would be found in what plainTiff puts there.
  await decodeSmall(file, header, 'error')
  if (arePixelsCutOff(file)) throw cutOff()
  const samples = tiffSamples(file)
  const extraCount = samples === null ? 0 : samples.channelCount - samples.colourCount
  const plain = plainTiff(file, extraCount)
  if (plain === null) throw fault
  try {
    await decodeSmall(plain, header, 'warning')
  } catch (left) {
    // What it says of the directory alone, however plain that is, says nothing of pixels.
    const ofDirectory = await warningsOfHeader(plain)
    if (!ofDirectory.some((text) => textOf(left).includes(text))) throw left
    const said: string[] = []
    await decodeSmall(plain, header, 'error', (text) => said.push(text))
    const damage = said.find((text) => !ofDirectory.includes(text))
    if (damage !== undefined) throw new Error(damage)
  }
  return decoderWords(fault)
}

/** libvips says nothing of bad codes in a tile that is a JPEG, and leaves the rest of it grey. */
async function refuseDamagedTiles(file: Uint8Array): Promise<void> {
  let index = 0
  for (const tile of jpegTiles(file)) {
    index++
    try {
      await minorFault(tile, { widthPx: 1, heightPx: 1 })
    } catch (thrown) {
      const reason = decoderWords(thrown instanceof ImageRefusal ? (thrown.cause ?? thrown) : thrown)
      throw new ImageRefusal('corrupt', `the image is damaged (tile ${String(index)}: ${reason})`, '', {
        cause: thrown,
      })
    }
  }
}

/** At an eighth of its size, which still reads all of its data. */
async function decodeSmall(
  file: Uint8Array,
  { widthPx, heightPx }: Pick<ImageHeader, 'widthPx' | 'heightPx'>,
  failOn: FailOn,
  onWarning?: (text: string) => void,
): Promise<void> {
  const image = await openImage(file, failOn, onWarning)
  // Tiny images as they are: setting up a resize would take longer than decoding them.
  const shrunk =
    widthPx * heightPx <= tinyPixelCount
      ? image
      : image
          .autoOrient()
          .resize(Math.ceil(widthPx / 8), Math.ceil(heightPx / 8), { fit: 'fill', kernel: 'linear' })
  await shrunk.raw().toBuffer()
}

/** Some warnings mean lost pixels (a JPEG goes on in grey after a bad code); others only untidy metadata. */
function meansDamage(text: string, file: Uint8Array): boolean {
  const skipped = /(\d+) extraneous bytes before marker 0x(\w\w)/i.exec(text)
  if (skipped !== null) {
    // Where many bytes are passed over, they were a table or a scan; but behind the only scan they are nothing.
    const isBehindAll = skipped[2] === 'd9' && !isProgressive(file)
    return Number(skipped[1]) >= shortestTableBytes && !isBehindAll
  }
  return /huffman|premature end|corrupt jpeg data|read error|quantization|in tile|in strip/i.test(text)
}

/** Of a JPEG, with its mark: none that matters to the pixels is shorter. */
const shortestTableBytes = 17

function isProgressive(file: Uint8Array): boolean {
  return Buffer.from(file.buffer, file.byteOffset, file.byteLength).includes(Buffer.from([0xff, 0xc2]))
}

function textOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
