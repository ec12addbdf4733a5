/** What a scan of a dataset's source finds. Types only: the store keeps it, the scan makes it. */
import type { ImageBox, Problem, Split, SplitPart } from '../../contract/entities/dataset'
import type { SourceAddress } from '../sources/source'

export interface ScannedImage {
  /** The source's name for it; of a file, its path below the source's folder, with `/`. */
  readonly key: string
  /** Where it is a link out of the source: the real path of the file that it leads to. */
  readonly linkTarget: string | null
  readonly classIndex: number
  /** What the source says; null where it says nothing. */
  readonly folderPart: SplitPart | null
  /** As shown, after EXIF rotation. */
  readonly widthPx: number
  readonly heightPx: number
  readonly byteCount: number
  /** Lower-case hex. */
  readonly contentHash: string
  readonly format: string
  readonly colourSpace: string
  readonly bitsPerSample: number
  readonly hasAlpha: boolean
  /** EXIF orientation 1…8; 1 is upright. */
  readonly orientation: number
  readonly modifiedMs: number
  /** Absent: it has none. */
  readonly boxes?: ImageBoxes | undefined
}

/** Made when they are read: those of all images of a dataset are many. */
export interface ImageBoxes {
  /** Lower-case hex, 16 bytes: other boxes have another. */
  readonly hash: string
  /** In pixels of the image as shown. */
  read(): readonly ImageBox[]
}

export interface ScanResult {
  readonly source: SourceAddress
  /** Sorted by code point of the NFC form. */
  readonly classNames: readonly string[]
  readonly images: readonly ScannedImage[]
  readonly problems: readonly Problem[]
  readonly split: {
    readonly origin: Split['origin']
    /** Aligned with `images`. */
    readonly parts: readonly SplitPart[]
  }
}
