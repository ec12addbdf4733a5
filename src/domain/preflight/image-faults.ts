/**
 * Images that are dark, blank, blurred, of odd colours, or of an extreme shape or size. An image is only odd against its own dataset: each limit is
 * both a value that nobody would call usual and a distance from the dataset's median, so that night shots among night shots are none. Pure.
 */
import type { CheckedImage } from './checked-image'
import { medianOf, spreadOf } from './robust'

export const imageFaults = [
  'blank',
  'dark',
  'bright',
  'blurred',
  'odd-colours',
  'extreme-shape',
  'extreme-size',
] as const
export type ImageFault = (typeof imageFaults)[number]

export interface FaultyImage {
  /** Into the images. */
  readonly place: number
  /** What was measured. */
  readonly note: string
}

/** With less, an image cannot be told from others by what it shows. */
export const flatContrast = 5 / 255
/** A standard deviation of 3 of 255 levels: a page without anything on it, noise of the camera included. */
const blankContrast = 3 / 255
const darkBrightness = 0.12
const brightBrightness = 0.88
/** A thing before black or white has more. */
const mostLightContrast = 0.12
const lightDistance = 2
/** Variance of the Laplacian, levels², of images within 256 px: sharp photos have some hundreds and more. */
const blurredSharpness = 40
const blurDistance = 2.5
/** Below it one sees grey. */
const greyColourfulness = 5
/** Where at most this share is grey (or has colours), those are the odd ones. */
const oddShare = 0.15
/** Times the median. */
const shapeFactor = 2
const shapeDistance = 3.5
const longAspect = 2
const sizeFactor = 4
const smallSidePx = 48
const hugeFactor = 8

/** Each in the order of severity, the most extreme first. */
export function findImageFaults(images: readonly CheckedImage[]): Record<ImageFault, FaultyImage[]> {
  const isBlank = images.map(({ pixels }) => pixels !== null && pixels.contrast < blankContrast)
  return {
    blank: pick(images, ({ pixels }) =>
      pixels !== null && pixels.contrast < blankContrast
        ? { value: pixels.contrast, note: `contrast ${percent(pixels.contrast)}` }
        : null,
    ),
    ...lightFaults(images, isBlank),
    blurred: blurred(images, isBlank),
    'odd-colours': oddColours(images, isBlank),
    'extreme-shape': extremeShapes(images),
    'extreme-size': extremeSizes(images),
  }
}

function lightFaults(
  images: readonly CheckedImage[],
  isBlank: readonly boolean[],
): Pick<Record<ImageFault, FaultyImage[]>, 'dark' | 'bright'> {
  const { median, spread } = spreadOf(images.flatMap(({ pixels }) => pixels?.brightness ?? []))
  const note = (brightness: number): string => `brightness ${percent(brightness)}`
  return {
    dark: pick(images, ({ pixels }, place) =>
      pixels !== null &&
      !(isBlank[place] ?? false) &&
      pixels.brightness < darkBrightness &&
      pixels.contrast < mostLightContrast &&
      pixels.brightness <= median - lightDistance * spread
        ? { value: pixels.brightness, note: note(pixels.brightness) }
        : null,
    ),
    bright: pick(images, ({ pixels }, place) =>
      pixels !== null &&
      !(isBlank[place] ?? false) &&
      pixels.brightness > brightBrightness &&
      pixels.contrast < mostLightContrast &&
      pixels.brightness >= median + lightDistance * spread
        ? { value: -pixels.brightness, note: note(pixels.brightness) }
        : null,
    ),
  }
}

function blurred(images: readonly CheckedImage[], isBlank: readonly boolean[]): FaultyImage[] {
  const logOf = (sharpness: number): number => Math.log(sharpness + 1)
  const { median, spread } = spreadOf(images.flatMap(({ pixels }) => (pixels ? logOf(pixels.sharpness) : [])))
  return pick(images, ({ pixels }, place) =>
    pixels !== null &&
    !(isBlank[place] ?? false) &&
    pixels.sharpness < blurredSharpness &&
    logOf(pixels.sharpness) <= median - blurDistance * spread
      ? { value: pixels.sharpness, note: `sharpness ${pixels.sharpness.toFixed(0)}` }
      : null,
  )
}

function oddColours(images: readonly CheckedImage[], isBlank: readonly boolean[]): FaultyImage[] {
  const measured = images.filter(({ pixels }, place) => pixels !== null && !(isBlank[place] ?? false))
  const isGrey = ({ pixels }: CheckedImage): boolean => (pixels?.colourfulness ?? 0) < greyColourfulness
  const greyShare = measured.length === 0 ? 0 : measured.filter(isGrey).length / measured.length
  if (greyShare > oddShare && greyShare < 1 - oddShare) return []
  const odd = greyShare <= oddShare
  return pick(images, (image, place) =>
    image.pixels !== null && !(isBlank[place] ?? false) && isGrey(image) === odd
      ? {
          value: odd ? image.pixels.colourfulness : -image.pixels.colourfulness,
          note: odd ? 'grey among colours' : 'coloured among grey',
        }
      : null,
  )
}

function extremeShapes(images: readonly CheckedImage[]): FaultyImage[] {
  const logs = images.map(({ widthPx, heightPx }) => Math.log(widthPx / heightPx))
  const { median, spread } = spreadOf(logs)
  return pick(images, ({ widthPx, heightPx }, place) => {
    const log = logs[place] ?? 0
    const distance = Math.abs(log - median)
    const isLong = Math.abs(log) >= Math.log(longAspect)
    if (!isLong || distance < Math.log(shapeFactor) || distance < shapeDistance * spread) return null
    return { value: -distance, note: `${String(widthPx)} × ${String(heightPx)} px` }
  })
}

function extremeSizes(images: readonly CheckedImage[]): FaultyImage[] {
  const sides = images.map(({ widthPx, heightPx }) => Math.min(widthPx, heightPx))
  const median = medianOf(sides)
  return pick(images, ({ widthPx, heightPx }, place) => {
    const side = sides[place] ?? 0
    const isSmall = side <= median / sizeFactor || (side < smallSidePx && side <= median / 2)
    if (!isSmall && side < median * hugeFactor) return null
    return { value: -Math.abs(Math.log(side / median)), note: `${String(widthPx)} × ${String(heightPx)} px` }
  })
}

/** Those for which `judge` says something, by ascending value. */
function pick(
  images: readonly CheckedImage[],
  judge: (image: CheckedImage, place: number) => { value: number; note: string } | null,
): FaultyImage[] {
  return images
    .flatMap((image, place) => {
      const said = judge(image, place)
      return said === null ? [] : [{ place, ...said }]
    })
    .sort((one, other) => one.value - other.value || one.place - other.place)
    .map(({ place, note }) => ({ place, note }))
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
}
