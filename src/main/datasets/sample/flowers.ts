/** Daisy (many narrow petals) and cosmos (eight broad ones with a toothed tip), each about [-1, 1]². */
import {
  circle,
  group,
  hsl,
  line,
  linearGradient,
  n,
  path,
  type Point,
  polar,
  radialGradient,
  smooth,
  type Dice,
} from './sketch'

export function drawDaisy(roll: Dice): string {
  const count = roll.whole(15, 24)
  const width = roll.between(0.085, 0.12)
  const petal: Point[] = [
    [0.12, -0.03],
    [0.5, -width],
    [0.86, -width * 0.95],
    [0.96, 0],
    [0.86, width * 0.95],
    [0.5, width],
    [0.12, 0.03],
  ]
  return flower(roll, {
    count,
    petal,
    tint: petalTint(roll, 0.84),
    eye: roll.between(0.24, 0.31),
    creases: 2,
  })
}

export function drawCosmos(roll: Dice): string {
  const count = roll.chance(0.75) ? 8 : roll.whole(7, 10)
  const width = roll.between(0.26, 0.34)
  const petal: Point[] = [
    [0.08, -0.03],
    [0.45, -width * 0.82],
    [0.8, -width],
    [0.94, -width * 0.62],
    [0.89, -width * 0.34],
    [0.97, 0],
    [0.89, width * 0.34],
    [0.94, width * 0.62],
    [0.8, width],
    [0.45, width * 0.82],
    [0.08, 0.03],
  ]
  return flower(roll, {
    count,
    petal,
    tint: petalTint(roll, 0.14),
    eye: roll.between(0.15, 0.23),
    creases: 4,
  })
}

interface Tint {
  readonly hue: number
  readonly saturation: number
  readonly light: number
}

/** White or cream with the given probability, else pink to purple: the colour alone does not tell the kinds apart. */
function petalTint(roll: Dice, whiteProbability: number): Tint {
  if (roll.chance(whiteProbability))
    return { hue: roll.between(30, 60), saturation: roll.between(5, 35), light: roll.between(88, 95) }
  return { hue: roll.between(290, 345), saturation: roll.between(45, 80), light: roll.between(58, 80) }
}

function flower(
  roll: Dice,
  kind: { count: number; petal: readonly Point[]; tint: Tint; eye: number; creases: number },
): string {
  const { count, petal, tint, eye } = kind
  const { hue, saturation, light } = tint
  const shades = [0, 1, 2].map((shade) =>
    linearGradient(
      `petal${shade}`,
      [0.1, 0],
      [1, 0],
      [
        [0, hsl(hue - 12, saturation + 10, light - 26 - shade * 4)],
        [0.4, hsl(hue, saturation, light - shade * 5)],
        [1, hsl(hue + 4, saturation, Math.min(97, light + 4 - shade * 5))],
      ],
    ),
  )
  const petals: string[] = []
  const start = roll.between(0, 360)
  for (let index = 0; index < count; index++) {
    const lost = roll.chance(0.03)
    const turn = start + (index * 360) / count + roll.between(-0.16, 0.16) * (360 / count)
    const outline = smooth(
      petal.map(([x, y]): Point => [x * roll.between(0.97, 1.02), y * roll.between(0.92, 1.08)]),
    )
    const creases = Array.from({ length: kind.creases }, (_, crease) => {
      const offset = ((crease + 0.5) / kind.creases - 0.5) * 1.1 * Math.abs(petal[2]?.[1] ?? 0.1)
      return line(
        smooth(
          [
            [0.25, offset * 0.3],
            [0.6, offset],
            [0.84, offset * 0.95],
          ],
          false,
        ),
        hsl(hue, saturation, light - 22, 0.3),
        0.012,
      )
    })
    const shape =
      path(
        outline,
        `url(#petal${roll.whole(0, 2)})`,
        `stroke="${hsl(hue, saturation, light - 32, 0.45)}" stroke-width="0.01"`,
      ) + creases.join('')
    if (!lost) petals.push(group(shape, `rotate(${n(turn)}) scale(${n(roll.between(0.9, 1.04))} 1)`))
  }
  // Petals lie over each other in no order around the flower.
  const order = petals
    .map((petalShape) => ({ petalShape, rank: roll.between(0, 1) }))
    .sort((a, b) => a.rank - b.rank)
  return `<defs>${shades.join('')}${eyeGradient(eye, roll)}</defs>${order.map((entry) => entry.petalShape).join('')}${flowerEye(eye, roll)}`
}

function eyeGradient(radius: number, roll: Dice): string {
  const hue = roll.between(38, 52)
  return radialGradient('eye', [-radius * 0.3, -radius * 0.35], radius * 1.5, [
    [0, hsl(hue + 4, 95, 62)],
    [0.6, hsl(hue - 4, 90, 48)],
    [1, hsl(hue - 14, 80, 30)],
  ])
}

/** The yellow disc with its florets in a sunflower spiral. */
function flowerEye(radius: number, roll: Dice): string {
  const golden = Math.PI * (3 - Math.sqrt(5))
  const florets = Array.from({ length: 46 }, (_, index) => {
    const place = polar(index * golden, radius * 0.95 * Math.sqrt((index + 0.5) / 46))
    return circle(place, radius * 0.075, hsl(roll.between(34, 54), 85, roll.between(36, 66)))
  })
  return (
    circle([0.02, 0.03], radius * 1.06, hsl(30, 50, 15, 0.35)) +
    circle([0, 0], radius, 'url(#eye)') +
    florets.join('')
  )
}
