/**
 * Where the images of a dataset come from. A source lists them, says of which class and part each is, reads them, and checks that they are still
 * there; nobody else knows where they lie. Each kind is one file here, and one line of the table in sources.ts.
 */
import type { FolderChoice, ImageBox, SplitPart, TableColumns } from '../../contract/entities/dataset'
import type { CheckOptions, FileCheck } from '../images/file-check'
import type { FileSource, ReadFile } from '../images/file-source'
import type { ProblemList } from './problem-list'

/** Names a source for as long as its dataset lives: the store keeps it, and a trainer gets it. */
export interface SourceAddress {
  /** That of an entry of the table in sources.ts. */
  readonly kind: string
  /** Absolute: of the folder, or of the file that is the source. */
  readonly path: string
  /** How its folders are read, as the user chose; absent: as they are recognized. */
  readonly folders?: FolderChoice
  /** Which columns of a table are what, as the user chose; absent: as they are recognized. */
  readonly columns?: TableColumns
  /** Images that are links out of the source: their keys, and the real path that each led to when it was imported. Only that is opened. */
  readonly links?: readonly (readonly [key: string, target: string])[]
}

/** Reads images by their keys. A key is a text that its source makes, and that only its source takes apart. */
export interface ImageSource {
  /** Keys are told apart within it: where two sources have the same scope, the same key is the same image. */
  readonly scope: string
  /** What an image is called in messages. */
  nameOf(key: string): string
  /** What changes when the image does (`size` NaN: only reading tells); null where it is not there or cannot be reached. One call of the system. */
  factsNow(key: string): { readonly size: number; readonly mtimeMs: number } | null
  /** The whole image where it has at most `mostBytes`; null where it is larger, or cannot be read: then `read` says why. */
  readNow(key: string, mostBytes: number): Uint8Array | null
  /** The path of an image that is a file of its own and can be opened as it stands, with no more than `read` would look at; else null, or absent. */
  ownPath?(key: string): string | null
  /** First `headByteCount` bytes, then the rest if `wanted`. Throws what the system says. */
  read(
    key: string,
    headByteCount: number,
    wanted: (head: Buffer, byteCount: number) => boolean,
  ): Promise<ReadFile>
}

export interface DatasetSource extends ImageSource {
  readonly address: SourceAddress
  readonly words: SourceWords
  /** Throws path-not-found, not-a-folder, path-not-readable, layout-unclear, and what `onProgress` throws. */
  list(options: ListOptions): Promise<Listing>
  /** The absolute path that a file manager can show: the image's own file, or the one that it is in. */
  place(key: string): string
  /**
   * The whole image, for the screen, from within what the user opened alone: a link that was put there or changed after the import opens
   * nothing else.
   * Throws 'not-allowed', 'path-not-found', and what the system says.
   */
  readInside(key: string): Promise<Uint8Array>
  /** Why none of the images can be read; null where there may be some. */
  problem(): Promise<SourceProblem | null>
  /** Of a table: how it is read, with the columns that the user chose. Throws as `list`. */
  columns?(): Promise<ColumnsLook>
  /** Of a table: what a column says of each image, by its key; without those of which it says nothing. Throws 'bad-input', and as `list`. */
  valuesOf?(column: string): Promise<ReadonlyMap<string, string>>
  /** Which images are missing or changed, by indices into `keys`; null where `stopped` said yes. */
  check(keys: readonly string[], options: CheckOptions): Promise<FileCheck | null>
}

export interface SourceProblem {
  /** Not there at all; else there, and not to be read. */
  readonly isGone: boolean
  /** A sentence. */
  readonly reason: string
}

/** How a source is spoken of. */
export interface SourceWords {
  /** After "in": an absolute path. */
  readonly place: string
  /** Begins a sentence: what all images are in. */
  readonly subject: string
  /** Begins a sentence, has no full stop: what brings the images back. */
  readonly bringBack: string
  /** Within a sentence. */
  readonly importAgain: string
  /** A sentence: no image of it can be used. */
  readonly empty: string
  /** A sentence: what it must look like. */
  readonly layout: string
}

export interface ListOptions {
  readonly problems: ProblemList
  /** How many images were found; throws to end the search. */
  readonly onProgress: (count: number) => void
}

export interface Listing {
  /** Of all that may be images, each once, in the order of the dataset. */
  readonly keys: readonly string[]
  /** Of images that are links out of the source, by key: the real path of the file that each leads to. */
  readonly links: ReadonlyMap<string, string>
  /** All images are `unlabelledName`: the source says nothing of classes, as the user chose or as it shows. */
  readonly isUnlabelled?: boolean
  /** To be called once all were read. Throws 'layout-unclear'. Class and part of those that are usable, ascending; of one that is left out it says why. */
  place(looked: Looked, problems: ProblemList): readonly Placement[]
  /** Of the image at `index` of `keys`, as the source has them, sound or not; absent: the source has no boxes. */
  boxesOf?(index: number, image: ShownImage): FoundBoxes
  /** What may have been meant where all images are of this class, a sentence; null: nothing better than `words.layout`. */
  hintForOneClass(className: string): string | null
}

/** An image that was read. */
export interface ShownImage {
  /** As shown, after EXIF rotation. */
  readonly widthPx: number
  readonly heightPx: number
  /** EXIF orientation 1…8; 1 is upright. */
  readonly orientation: number
}

export interface FoundBoxes {
  /** Where they are named, such as "Image 3". */
  readonly where: string
  /** In pixels of the image as shown. */
  readonly boxes: readonly ImageBox[]
}

/** How the columns of a table are read. */
export interface ColumnsLook {
  /** Of all columns; without a header their numbers. */
  readonly names: readonly string[]
  /** null where nothing shows it. */
  readonly path: string | null
  readonly label: string | null
  readonly part: string | null
  /** The first rows below the header. */
  readonly rows: readonly (readonly string[])[]
}

/** Of the images of a listing, by their indices. */
export interface Looked {
  /** By its first bytes, whole or not. */
  isImage(index: number): boolean
  isUsable(index: number): boolean
}

export interface Placement {
  /** Into `keys`. */
  readonly index: number
  /** In NFC. */
  readonly className: string
  /** null where the source does not say. */
  readonly part: SplitPart | null
}

/** A kind of source. */
export interface SourceKind {
  readonly kind: string
  /** "Folder of images". */
  readonly text: string
  /** How files of this kind end, in lower case, without the dot: where nothing is there to be looked at, and for those who list files. */
  readonly endings: readonly string[]
  /** Whether a file that begins so is of this kind; absent: no file is. */
  fits?(start: FileStart): boolean
  /** Whether a folder is of this kind, by a few looks; absent: no folder is. */
  fitsFolder?(folder: FolderStart): Promise<boolean>
  open(address: SourceAddress, files: FileSource): DatasetSource
}

/** What lies at the top of a folder. */
export interface FolderStart {
  readonly path: string
  readonly names: FolderNames
  /** Of a folder in it; empty where it cannot be read. */
  namesIn(folder: string): Promise<FolderNames>
  /** The text of a file in it; null where it is large, no text, or cannot be read. */
  textOf(file: string): Promise<string | null>
}

/** Without hidden ones, sorted. */
export interface FolderNames {
  readonly files: readonly string[]
  readonly folders: readonly string[]
}

/** How a file begins. */
export interface FileStart {
  readonly path: string
  readonly bytes: Buffer
  /** Whether that is all of it. */
  readonly isWhole: boolean
  /** null where it is no text. */
  readonly text: string | null
}
