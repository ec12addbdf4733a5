import type { SameBytesKind } from '../../../domain/same-bytes'

/** Of images that have the same bytes as another: what follows their count, and what that means. */
export const sameBytesWords: Readonly<
  Record<SameBytesKind, { readonly short: string; readonly long: string }>
> = {
  classes: {
    short: 'in two classes',
    long: 'Images with the same bytes as an image of another class: at least one of the labels is wrong',
  },
  parts: {
    short: 'in two parts',
    long: 'Images with the same bytes as an image of another part: what is tested on them was seen before',
  },
}
