/** Whether an image can really be decoded to its end: a header says nothing of a file that was cut off, and decoders go on in grey. */
import { imageFormat } from './image-format'
import { type FailOn, type ImageHeader, imageHeader, openImage } from './open-image'
import { decoderWords, ImageRefusal, refusalOf } from './refusal'
import { plainTiff } from './tiff-plain'

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
    await decodeSmall(file, header, 'warning')
    return null
  } catch (thrown) {
    if (thrown instanceof ImageRefusal) throw thrown
    try {
      return await judged(file, header, thrown)
    } catch (cause) {
      throw refusalOf(file, cause)
    }
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
  if (imageFormat(file) === 'tiff') {
    // Of a damaged tile libtiff only warns, as of odd metadata: without the metadata, whatever is left is about pixels.
    const plain = plainTiff(file)
    if (plain === null) throw fault
    await decodeSmall(plain, header, 'warning')
    return decoderWords(fault)
  }
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
