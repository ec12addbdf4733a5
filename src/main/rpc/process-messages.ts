/** What passes between the window's process and the core that it forked, as JSON. Types only: the window runs on an old Node. */
import type { WireError } from '../../contract/errors'
import type { CoreMessage } from '../../contract/wire'
import type { ImageKey, ImageSize } from './image-address'

/** A window may be loaded again: each page is a client of its own, numbered by the window's process. */
export type ToCoreProcess =
  | { readonly type: 'client-open'; readonly clientId: number }
  | { readonly type: 'client-message'; readonly clientId: number; readonly message: unknown }
  | { readonly type: 'client-close'; readonly clientId: number }
  | {
      readonly type: 'image'
      readonly requestId: number
      readonly key: ImageKey
      readonly maxPx: ImageSize
    }
  /** The run that trains shall rest at a checkpoint. */
  | { readonly type: 'pause-training' }
  /** The page does not want it any more; the answer may come all the same. */
  | { readonly type: 'image-cancel'; readonly requestId: number }

export type FromCoreProcess =
  /** The home is open; clients may come. */
  | { readonly type: 'ready' }
  /** What trains now or comes next, by name; null: nothing. Told at each change. */
  | { readonly type: 'training'; readonly name: string | null }
  /** The home cannot be opened; the process ends after this. */
  | { readonly type: 'cannot-start'; readonly error: WireError }
  | { readonly type: 'client-message'; readonly clientId: number; readonly message: CoreMessage }
  | {
      readonly type: 'image'
      readonly requestId: number
      readonly mime: string
      readonly base64: string
    }
  | { readonly type: 'image-error'; readonly requestId: number; readonly error: WireError }
