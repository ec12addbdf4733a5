/** One image of the sample dataset: ground, object with its shadow, things in front, light; then the camera's noise. */
import { sharp } from '../../images/image-library'
import { drawHarlequin, drawLadybird } from './beetles'
import { drawMonarch, drawViceroy } from './butterflies'
import { drawCosmos, drawDaisy } from './flowers'
import { drawMaple, drawRedOak, drawWhiteOak } from './leaves'
import { drawClutter, drawForeground, drawGround } from './scenery'
import { drawCockle, drawNautilus, drawScallop } from './shells'
import { type Dice, group, n } from './sketch'

export interface SampleClass {
  readonly name: string
  readonly draw: (roll: Dice) => string
  /** The class it is most easily taken for. */
  readonly lookalike: string
}

export const sampleClasses: readonly SampleClass[] = [
  { name: 'cockle', draw: drawCockle, lookalike: 'scallop' },
  { name: 'cosmos', draw: drawCosmos, lookalike: 'daisy' },
  { name: 'daisy', draw: drawDaisy, lookalike: 'cosmos' },
  { name: 'harlequin', draw: drawHarlequin, lookalike: 'ladybird' },
  { name: 'ladybird', draw: drawLadybird, lookalike: 'harlequin' },
  { name: 'maple', draw: drawMaple, lookalike: 'red oak' },
  { name: 'monarch', draw: drawMonarch, lookalike: 'viceroy' },
  { name: 'nautilus', draw: drawNautilus, lookalike: 'cockle' },
  { name: 'red oak', draw: drawRedOak, lookalike: 'white oak' },
  { name: 'scallop', draw: drawScallop, lookalike: 'cockle' },
  { name: 'viceroy', draw: drawViceroy, lookalike: 'monarch' },
  { name: 'white oak', draw: drawWhiteOak, lookalike: 'red oak' },
]

export interface RawImage {
  readonly widthPx: number
  readonly heightPx: number
  /** uint8 [heightPx, widthPx, 3] RGB */
  readonly pixels: Uint8Array
}

/** Draws one image; the same dice give the same pixels with the same version of librsvg. */
export async function drawScene(draw: (roll: Dice) => string, roll: Dice): Promise<RawImage> {
  const [widthPx, heightPx] = imageSize(roll)
  const { data } = await sharp(Buffer.from(sceneSvg(draw, roll, widthPx, heightPx)))
    .flatten({ background: '#808080' })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  addCamera(data, roll)
  return { widthPx, heightPx, pixels: data }
}

function imageSize(roll: Dice): [number, number] {
  const longPx = roll.whole(192, 256)
  const shortPx = Math.round(longPx / roll.pick([1, 1.25, 4 / 3, 1.4]))
  return roll.chance(0.6) ? [longPx, shortPx] : [shortPx, longPx]
}

function sceneSvg(draw: (roll: Dice) => string, roll: Dice, widthPx: number, heightPx: number): string {
  const ground = drawGround(roll, widthPx, heightPx)
  const clutter = drawClutter(roll, widthPx, heightPx)
  const shortPx = Math.min(widthPx, heightPx)
  const scale = (shortPx / 2) * roll.between(0.8, 1.04)
  const x = widthPx / 2 + roll.between(-0.08, 0.08) * widthPx
  const y = heightPx / 2 + roll.between(-0.08, 0.08) * heightPx
  const turn = roll.between(-32, 32)
  const squeeze = roll.between(0.84, 1.06)
  const shadowX = roll.between(-5, 5)
  const shadowY = roll.between(3, 9)
  const object = group(
    draw(roll),
    `rotate(${n(turn)}) skewX(${n(roll.between(-7, 7))}) scale(${n(scale)} ${n(scale * squeeze)})`,
  )
  const lightX = roll.between(0.1, 0.9)
  const lightY = roll.between(0, 0.6)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}">`,
    '<defs>',
    '<filter id="far" x="-0.1" y="-0.1" width="1.2" height="1.2"><feGaussianBlur stdDeviation="2.6"/></filter>',
    '<filter id="near" x="-0.2" y="-0.2" width="1.4" height="1.4"><feGaussianBlur stdDeviation="1.4"/></filter>',
    // The shadow is the object's own outline in black, moved and blurred.
    `<filter id="shade" x="-0.2" y="-0.2" width="1.4" height="1.4"><feGaussianBlur in="SourceAlpha" stdDeviation="3.2"/><feOffset dx="${n(shadowX)}" dy="${n(shadowY)}"/><feComponentTransfer><feFuncA type="linear" slope="0.5"/></feComponentTransfer><feMerge><feMergeNode/><feMergeNode in="SourceGraphic"/></feMerge></filter>`,
    `<radialGradient id="light" cx="${n(lightX)}" cy="${n(lightY)}" r="0.95"><stop offset="0" stop-color="#fff" stop-opacity="${n(roll.between(0, 0.3))}"/><stop offset="0.5" stop-color="#fff" stop-opacity="0"/><stop offset="0.5" stop-color="#000" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity="${n(roll.between(0.1, 0.5))}"/></radialGradient>`,
    '</defs>',
    ground,
    clutter,
    `<g filter="url(#shade)">${group(object, `translate(${n(x)} ${n(y)})`)}</g>`,
    drawForeground(roll, widthPx, heightPx),
    `<rect width="${widthPx}" height="${heightPx}" fill="url(#light)"/>`,
    '</svg>',
  ].join('')
}

/** Exposure, contrast, white balance and grain, in place. */
function addCamera(pixels: Uint8Array, roll: Dice): void {
  const exposure = roll.between(0.82, 1.18)
  const contrast = roll.between(0.82, 1.14)
  const warmth = roll.between(-0.07, 0.07)
  const grain = roll.between(1, 9)
  const curves = [1 + warmth, 1, 1 - warmth].map((balance) =>
    Float32Array.from({ length: 256 }, (_, value) => ((value - 128) * contrast + 128) * exposure * balance),
  )
  // A cheap bell curve: the sum of two dice from one 32-bit word of a linear congruential generator (Numerical Recipes).
  let word = roll.whole(0, 0x7fffffff)
  for (let index = 0; index < pixels.length; index++) {
    word = (Math.imul(word, 1664525) + 1013904223) | 0
    const noise = (((word >>> 16) & 0xff) + (word >>> 24) - 255) / 104
    const value = (curves[index % 3]?.[pixels[index] ?? 0] ?? 0) + noise * grain
    pixels[index] = value < 0 ? 0 : value > 255 ? 255 : Math.round(value)
  }
}
