/** Maple, red oak (pointed lobes) and white oak (round lobes), each about [-1, 1]², stalk down. */
import {
  circle,
  hsl,
  jittered,
  line,
  linearGradient,
  mirrored,
  path,
  type Point,
  polygon,
  smooth,
  type Dice,
} from './sketch'

const mapleHalf: readonly Point[] = [
  [0, -1],
  [0.14, -0.72],
  [0.27, -0.79],
  [0.19, -0.4],
  [0.39, -0.6],
  [0.46, -0.48],
  [0.76, -0.54],
  [0.66, -0.33],
  [0.86, -0.2],
  [0.47, 0.1],
  [0.51, 0.27],
  [0.08, 0.2],
  [0, 0.24],
]

export function drawMaple(roll: Dice): string {
  const outline = jittered(mirrored(mapleHalf), 0.022, roll)
  const tips = mapleHalf.filter((_, index) => [0, 6, 8, 10].includes(index))
  const veins = mirrored(tips).map((tip): Point[] => [
    [0, 0.2],
    [tip[0] * 0.55, 0.2 + (tip[1] * 0.9 - 0.2) * 0.6],
    [tip[0] * 0.88, 0.2 + (tip[1] - 0.2) * 0.88],
  ])
  return leaf(smooth(outline, true, 0.28), veins, roll, { summerProbability: 0.3, autumnHue: [2, 48] })
}

export function drawRedOak(roll: Dice): string {
  return drawOak(roll, true)
}

export function drawWhiteOak(roll: Dice): string {
  return drawOak(roll, false)
}

function drawOak(roll: Dice, pointed: boolean): string {
  const lobeCount = roll.whole(3, 4)
  const broad = roll.between(0.46, 0.58)
  const valleyX = broad * roll.between(0.24, 0.4)
  const step = 1.14 / lobeCount
  const right: Point[] = pointed ? [...pointedTop] : [...roundTop]
  const veins: Point[][] = [
    [
      [0, 0.55],
      [0, -0.2],
      [0, -0.9],
    ],
  ]
  for (let lobe = 0; lobe < lobeCount; lobe++) {
    const along = (lobe + 0.5) / lobeCount
    const y = -0.7 + along * 1.14 // of the lobe's root; its tip points a little upwards
    const reach = broad * (0.62 + 0.5 * Math.sin(Math.PI * along))
    const shape = pointed ? pointedLobe : roundLobe
    right.push(...shape.map(([x, offset]): Point => [x * reach, y + offset * step]))
    right.push([Math.min(valleyX, reach * 0.5), y + step * 0.44])
    for (const side of [1, -1]) {
      veins.push([
        [0, y + step * 0.3],
        [reach * 0.45 * side, y],
        [reach * 0.86 * side, y - step * 0.26],
      ])
    }
  }
  right.push([0.05, 0.56], [0, 0.62])
  const outline = jittered(mirrored(right), 0.016, roll)
  // Red oaks turn red, white oaks yellow and brown: mostly.
  const kind: LeafKind = pointed
    ? { summerProbability: 0.18, autumnHue: [0, 24] }
    : { summerProbability: 0.55, autumnHue: [18, 50] }
  return leaf(smooth(outline, true, pointed ? 0.4 : 1), veins, roll, kind)
}

/** Lobes as shares of their reach and of the distance between two. */
const roundLobe: readonly Point[] = [
  [0.72, -0.52],
  [0.97, -0.42],
  [1, -0.16],
  [0.78, 0.08],
]

const pointedLobe: readonly Point[] = [
  [0.62, -0.34],
  [0.84, -0.66],
  [0.83, -0.4],
  [1.08, -0.42],
  [0.88, -0.16],
  [0.92, 0.06],
  [0.6, 0.08],
]

const roundTop: readonly Point[] = [
  [0, -1],
  [0.14, -0.97],
  [0.2, -0.86],
  [0.12, -0.72],
]

const pointedTop: readonly Point[] = [
  [0, -1.04],
  [0.06, -0.87],
  [0.18, -0.9],
  [0.13, -0.76],
  [0.1, -0.68],
]

interface LeafKind {
  readonly summerProbability: number
  readonly autumnHue: readonly [number, number]
}

/** Autumn or summer colours, veins, holes and the stalk. */
function leaf(outline: string, veins: readonly (readonly Point[])[], roll: Dice, kind: LeafKind): string {
  const summer = roll.chance(kind.summerProbability)
  const hue = summer ? roll.between(72, 118) : roll.between(kind.autumnHue[0], kind.autumnHue[1])
  const saturation = summer ? roll.between(32, 58) : roll.between(55, 88)
  const light = summer ? roll.between(26, 44) : roll.between(32, 52)
  const shift = roll.between(-22, 22)
  const fill = linearGradient(
    'blade',
    [roll.between(-1, -0.4), -1],
    [roll.between(0.2, 1), 0.7],
    [
      [0, hsl(hue + shift, saturation, light + 9)],
      [0.5, hsl(hue, saturation, light)],
      [1, hsl(hue - shift * 0.6, saturation - 8, light - 8)],
    ],
  )
  const pale = hsl(hue + 10, saturation - 15, light + 22, 0.75)
  const spots = Array.from({ length: roll.whole(0, 7) }, () =>
    circle(
      [roll.between(-0.5, 0.5), roll.between(-0.7, 0.4)],
      roll.between(0.012, 0.05),
      hsl(28, 45, roll.between(14, 28), 0.7),
    ),
  )
  const clip = `<clipPath id="cut"><path d="${outline}"/></clipPath>`
  const bend = roll.between(-0.22, 0.22)
  const stalk: Point[] = [
    [0, 0.15],
    [bend * 0.2, 0.62],
    [bend, 0.98],
  ]
  return [
    `<defs>${fill}${clip}</defs>`,
    line(smooth(stalk, false), hsl(hue - 8, saturation - 20, light - 12), 0.045),
    path(outline, 'url(#blade)', `stroke="${hsl(hue, saturation, light - 16)}" stroke-width="0.012"`),
    `<g clip-path="url(#cut)">`,
    path(
      polygon([
        [0, -1.1],
        [1.2, -1.1],
        [1.2, 1],
        [0, 1],
      ]),
      hsl(hue, saturation, 8, roll.between(0.06, 0.2)),
    ),
    ...spots,
    ...veins.map((vein, index) => line(smooth(vein, false), pale, index === 0 ? 0.03 : 0.02)),
    '</g>',
  ].join('')
}
