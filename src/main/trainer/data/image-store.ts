/**
 * The decoded images of a run: kept in memory as far as they fit, then on disk, else decoded at each use. What is kept is the image as
 * `decodeKept` gives it, so a small image takes what it has and not what its square would; a kept image and one decoded anew are
 * the same byte for byte.
 */
import { hash } from 'node:crypto'
import type { JobImages } from '../../protocol/messages'
import type { CachedImage } from './cache-file'
import { decodeKept } from '../../images/decode'
import { openDiskCache, type DiskCache, type DiskCacheOptions } from './disk-cache'
import type { Image } from '../../images/enlarge'
import type { KeptSize } from '../../images/kept-size'
import { smallJpegDecoder, type SmallJpegDecoder } from '../../images/small-jpeg'
import { readWholeImage } from '../../images/file-source'
import type { ImageSource } from '../../sources/source'

export interface ImageStoreOptions {
  readonly source: ImageSource
  /** Images kept in memory, at most this many bytes. The first that are read stay. */
  readonly cacheBytes: number
  /** null: nothing is kept on disk. */
  readonly diskCache: Pick<DiskCacheOptions, 'folder' | 'limitBytes' | 'keepFreeBytes' | 'disk'> | null
  /** Called once for each image that cannot be read, with its key, and where the disk cache fails, with its folder. */
  readonly onProblem: (key: string, message: string) => void
}

export interface ImageStore {
  /** One for each list and size (by its name), however often it is asked for. */
  reader(images: JobImages, size: KeptSize): ImageReader
  /** Resolves when nothing is written any more. No visit may be under way. */
  close(): Promise<void>
}

export interface ImageReader {
  /**
   * Calls `use` with the image at `index`, for the length of the call; do not write to it. true when it has been called, at once where the
   * image is at hand; false where the file has gone or broken since the import. Never rejects but with what `use` throws.
   */
  visit(index: number, use: (image: Image) => void): boolean | Promise<boolean>
}

/** Files up to this size are read at once: four promises for its opening, size, reading and closing take longer (0.2 ms). */
const atOnceFileBytes = 256 * 1024
/** Kept images up to this size are read from disk at once. */
const atOnceBytes = 32 * 1024

export function openImageStore(options: ImageStoreOptions): ImageStore {
  const shared: Shared = {
    options,
    memoryLeft: options.cacheBytes,
    disk: diskCacheOf(options),
    decodeSmall: null,
  }
  void smallJpegDecoder().then((decoder) => (shared.decodeSmall = decoder))
  const readers = new Map<JobImages, Map<string, ImageReader>>()
  return {
    reader(images, size) {
      const bySize = readers.get(images) ?? new Map<string, ImageReader>()
      readers.set(images, bySize)
      const reader = bySize.get(size.name) ?? openReader(shared, images, size)
      bySize.set(size.name, reader)
      return reader
    },
    async close() {
      await shared.disk?.close()
    },
  }
}

interface Shared {
  readonly options: ImageStoreOptions
  memoryLeft: number
  readonly disk: DiskCache | null
  /** null until it is loaded. */
  decodeSmall: SmallJpegDecoder | null
}

function diskCacheOf({ source, diskCache, onProblem }: ImageStoreOptions): DiskCache | null {
  if (diskCache === null) return null
  const fault = (reason: string): void =>
    onProblem(diskCache.folder, `This run no longer caches decoded images on disk: ${reason}`)
  try {
    return openDiskCache({ ...diskCache, group: source.scope, onFault: fault })
  } catch (error) {
    fault(messageOf(error))
    return null
  }
}

function openReader(shared: Shared, images: JobImages, size: KeptSize): ImageReader {
  const { options, disk } = shared
  const { source } = options
  const held: (Image | undefined)[] = []
  const cacheKeys: (string | undefined)[] = []
  const underway = new Map<number, Promise<Image | null>>()
  const broken = new Set<number>()
  /** Buffers for what is read from disk and not kept. */
  const spare: Uint8Array[] = []
  const small = new Uint8Array(atOnceBytes)
  const keyOf = (index: number): string => images.keys[index] ?? ''

  function hold(index: number, image: Image): void {
    if (held[index] !== undefined || image.pixels.length > shared.memoryLeft) return
    shared.memoryLeft -= image.pixels.length
    held[index] = image
  }

  /** An image that was changed has another; null where there is no disk cache or no image. */
  function cacheKeyOf(index: number): string | null {
    if (disk === null) return null
    const known = cacheKeys[index]
    if (known !== undefined) return known
    const facts = source.factsNow(keyOf(index))
    if (facts === null) return null
    const identity = [keyOf(index), facts.size, facts.mtimeMs, size.name].join('\0')
    return (cacheKeys[index] = hash('sha256', identity, 'hex').slice(0, 32))
  }

  function fromDisk(index: number, place: CachedImage, bytes: Uint8Array): Image {
    const { widthPx, heightPx, byteCount } = place
    const image = { widthPx, heightPx, pixels: bytes.subarray(0, byteCount) }
    if (byteCount <= shared.memoryLeft) hold(index, { ...image, pixels: Uint8Array.from(image.pixels) })
    return image
  }

  /** Where the disk has it, if it does. */
  function placeOf(key: string | null): CachedImage | null {
    const place = key === null ? null : (disk?.find(key) ?? null)
    return place !== null && size.takes(place) ? place : null
  }

  /** What can be had without waiting; a small file that needs sharp comes back as its bytes. */
  function atOnce(index: number, key: string | null): Image | Uint8Array | null {
    const place = placeOf(key)
    if (key !== null && place !== null) {
      if (place.byteCount > atOnceBytes) return null
      if (disk?.readNow(key, place, small) === true) return fromDisk(index, place, small)
    }
    if (shared.decodeSmall === null) return null
    const bytes = source.readNow(keyOf(index), atOnceFileBytes)
    if (bytes === null) return null
    const image = shared.decodeSmall(bytes)
    if (image === null || !size.takes(image)) return bytes
    keep(index, key, image)
    return image
  }

  function keep(index: number, key: string | null, image: Image): void {
    hold(index, image)
    if (key !== null) disk?.keep(key, image)
  }

  async function decode(index: number, key: string | null, bytes: Uint8Array | null): Promise<Image | null> {
    try {
      const imageKey = keyOf(index)
      const image = await decodeKept(source.nameOf(imageKey), size, bytes ?? undefined, () =>
        readWholeImage((...request) => source.read(imageKey, ...request)),
      )
      keep(index, key, image)
      return image
    } catch (error) {
      broken.add(index)
      options.onProblem(keyOf(index), messageOf(error))
      return null
    } finally {
      underway.delete(index)
    }
  }

  /** At least `byteCount` bytes. */
  function spareOf(byteCount: number): Uint8Array {
    const buffer = spare.pop()
    if (buffer !== undefined && buffer.length >= byteCount) return buffer
    return new Uint8Array(
      Math.max(byteCount, size.most === null ? 0 : size.most.widthPx * size.most.heightPx * 3),
    )
  }

  async function later(
    index: number,
    key: string | null,
    bytes: Uint8Array | null,
    use: (image: Image) => void,
  ): Promise<boolean> {
    const place = placeOf(key)
    if (disk !== null && key !== null && place !== null) {
      const buffer = spareOf(place.byteCount)
      const whole = await disk.read(key, place, buffer)
      if (whole) use(fromDisk(index, place, buffer))
      spare.push(buffer)
      if (whole) return true
    }
    const begun = underway.get(index) ?? decode(index, key, bytes)
    underway.set(index, begun)
    const image = await begun
    if (image === null) return false
    use(image)
    return true
  }

  return {
    visit(index, use) {
      const known = held[index]
      if (known !== undefined) {
        use(known)
        return true
      }
      if (broken.has(index)) return false
      const key = cacheKeyOf(index)
      const found = atOnce(index, key)
      if (found === null || found instanceof Uint8Array) return later(index, key, found, use)
      use(found)
      return true
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
