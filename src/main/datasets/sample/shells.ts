/** Scallop (with ears), cockle (without, rounder) and nautilus, each about [-1, 1]², hinge down. */
import { hsl, line, n, path, type Point, polar, polygon, radialGradient, smooth, type Dice } from './sketch'

export function drawScallop(roll: Dice): string {
  const spread = roll.between(1.02, 1.16)
  return fan(roll, {
    spread,
    ribCount: roll.whole(11, 17),
    roundness: 1,
    ears: true,
    colour: shellColour(roll, 0.82),
  })
}

export function drawCockle(roll: Dice): string {
  const spread = roll.between(1.2, 1.4)
  return fan(roll, {
    spread,
    ribCount: roll.whole(15, 24),
    roundness: roll.between(0.8, 0.9),
    ears: roll.chance(0.08),
    colour: shellColour(roll, 0.15),
  })
}

interface ShellColour {
  readonly hue: number
  readonly saturation: number
  readonly light: number
}

/** Coral, pink and purple with the given probability, else cream and brown. */
function shellColour(roll: Dice, brightProbability: number): ShellColour {
  return roll.chance(brightProbability)
    ? {
        hue: roll.pick([roll.between(0, 18), roll.between(300, 350)]),
        saturation: roll.between(48, 78),
        light: roll.between(60, 76),
      }
    : { hue: roll.between(26, 44), saturation: roll.between(22, 48), light: roll.between(56, 80) }
}

const hinge: Point = [0, 0.78]

function fan(
  roll: Dice,
  kind: { spread: number; ribCount: number; roundness: number; ears: boolean; colour: ShellColour },
): string {
  const { spread, ribCount, colour } = kind
  const { hue, saturation, light } = colour
  const rim = (share: number, radius: number): Point => {
    const angle = -Math.PI / 2 + (share - 0.5) * 2 * spread
    // Shorter at the sides; a rounder shell more so.
    const reach = radius * (1.62 - (1.2 - kind.roundness * 0.62) * Math.abs(share - 0.5) ** 1.8 * 2.1)
    const [x, y] = polar(angle, reach)
    return [hinge[0] + x * 0.94, hinge[1] + y]
  }
  const outline: Point[] = [hinge]
  for (let rib = 0; rib < ribCount; rib++) {
    outline.push(rim(rib / ribCount, 0.97), rim((rib + 0.5) / ribCount, 1.015))
  }
  outline.push(rim(1, 0.97))
  const fill = radialGradient('shell', [roll.between(-0.2, 0.2), 0.6], 1.7, [
    [0, hsl(hue - 8, saturation + 8, light - 20)],
    [0.35, hsl(hue, saturation, light)],
    [0.7, hsl(hue + 8, saturation - 10, light + 9)],
    [1, hsl(hue - 4, saturation, light - 6)],
  ])
  const shade = hsl(hue - 12, saturation, light - 34, 0.55)
  const gleam = hsl(hue + 20, 40, 96, 0.5)
  const parts: string[] = []
  if (kind.ears) parts.push(ears(hue, saturation, light, roll))
  parts.push(path(smooth(outline, true, 0.7), 'url(#shell)', `stroke="${shade}" stroke-width="0.016"`))
  for (const level of [0.3, 0.46, 0.6, 0.74, 0.87]) {
    // Growth bands, now and then a coloured one.
    const radius = level + roll.between(-0.03, 0.03)
    const band = Array.from({ length: 13 }, (_, index) => rim(0.03 + (index / 12) * 0.94, radius))
    const width = roll.chance(0.45) ? roll.between(0.03, 0.09) : 0.012
    parts.push(
      line(smooth(band, false), hsl(hue - 15, saturation + 5, light - 24, roll.between(0.15, 0.45)), width),
    )
  }
  for (let rib = 0; rib <= ribCount; rib++) {
    parts.push(line(polygon([rim(rib / ribCount, 0.1), rim(rib / ribCount, 0.97)], false), shade, 0.02))
    if (rib < ribCount) {
      const middle = (rib + 0.45) / ribCount
      parts.push(line(polygon([rim(middle, 0.25), rim(middle, 0.96)], false), gleam, 0.018))
    }
  }
  if (!kind.ears)
    parts.push(
      path(
        smooth([
          [-0.17, 0.72],
          [0, 0.5],
          [0.17, 0.72],
          [0, 0.86],
        ]),
        hsl(hue - 6, saturation, light - 10),
      ),
    )
  return `<defs>${fill}</defs>${parts.join('')}`
}

function ears(hue: number, saturation: number, light: number, roll: Dice): string {
  const reach = roll.between(0.34, 0.46)
  const ear = (side: number): string =>
    path(
      polygon([
        [0, 0.56],
        [reach * 0.95 * side, 0.62],
        [reach * side, 0.86],
        [0, 0.86],
      ]),
      hsl(hue - 4, saturation - 5, light - 9),
      `stroke="${hsl(hue - 12, saturation, light - 34, 0.7)}" stroke-width="0.014"`,
    ) +
    [0.7, 0.77]
      .map((y) =>
        line(
          polygon(
            [
              [0.1 * side, y],
              [reach * 0.94 * side, y + 0.02],
            ],
            false,
          ),
          hsl(hue, saturation, light - 28, 0.5),
          0.012,
        ),
      )
      .join('')
  return ear(1) + ear(-1)
}

/** A logarithmic spiral with flame-like stripes on its outer whorl. */
export function drawNautilus(roll: Dice): string {
  const growth = roll.between(0.17, 0.2)
  const turns = 2.35 * Math.PI
  const last = roll.between(-0.3, 0.1)
  const at = (angle: number, share: number): Point => {
    const outer = 0.95 * Math.exp(growth * (angle - turns))
    const inner = 0.95 * Math.exp(growth * (angle - 2 * Math.PI - turns))
    const [x, y] = polar(angle + last, inner + (outer - inner) * share)
    return [x + 0.12, y + 0.1]
  }
  const hue = roll.between(16, 36)
  const cream = roll.between(80, 92)
  const fill = radialGradient('whorl', [0.1, -0.1], 1.2, [
    [0, hsl(hue + 8, 30, cream - 25)],
    [0.55, hsl(hue + 10, 40, cream)],
    [1, hsl(hue + 4, 35, cream - 14)],
  ])
  const edge = Array.from({ length: 60 }, (_, index) => at(turns - (index / 59) * 2 * Math.PI, 1))
  const back = Array.from({ length: 30 }, (_, index) => at(turns - ((29 - index) / 29) * 0.01, index / 29))
  const parts = [
    path(smooth([...edge, ...back]), 'url(#whorl)', `stroke="${hsl(hue, 45, 25, 0.7)}" stroke-width="0.02"`),
  ]
  const stripeCount = roll.whole(11, 17)
  for (let stripe = 0; stripe < stripeCount; stripe++) {
    const angle = turns - 0.75 - (stripe / stripeCount) * 4.6
    const width = roll.between(0.06, 0.13)
    const tip = roll.between(0.25, 0.62)
    const flame = [
      at(angle, 0.99),
      at(angle - width * 1.5, tip + 0.25),
      at(angle - width * 0.6, tip),
      at(angle - width * 2.4, tip + 0.3),
      at(angle - width * 2, 0.99),
    ]
    parts.push(path(smooth(flame, true, 0.6), hsl(hue - 4, roll.between(55, 80), roll.between(28, 42), 0.88)))
  }
  const whorl = Array.from({ length: 44 }, (_, index) => at(turns - 2 * Math.PI * (1 - index / 43), 0))
  parts.push(line(smooth(whorl, false), hsl(hue, 45, 22, 0.65), 0.026))
  const mouth = Array.from({ length: 12 }, (_, index) => at(turns, index / 11))
  parts.push(
    path(
      smooth([...mouth, at(turns - 0.28, 0.5)], true, 0.8),
      hsl(hue, 30, 30, Number(n(roll.between(0.4, 0.7)))),
    ),
  )
  const gleam = Array.from({ length: 14 }, (_, index) => at(turns - 0.6 - (index / 13) * 2.2, 0.78))
  parts.push(line(smooth(gleam, false), 'rgba(255,255,255,0.35)', 0.06))
  return `<defs>${fill}</defs>${parts.join('')}`
}
