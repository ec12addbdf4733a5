/** Monarch and viceroy: alike but for the dark line that crosses the viceroy's hind wings. Both fill about [-1, 1]². */
import {
  circle,
  ellipse,
  group,
  hsl,
  jittered,
  line,
  n,
  path,
  type Point,
  radialGradient,
  scaled,
  smooth,
  type Dice,
} from './sketch'

export function drawMonarch(roll: Dice): string {
  return drawButterfly(roll, false)
}

export function drawViceroy(roll: Dice): string {
  return drawButterfly(roll, true)
}

const foreWing: readonly Point[] = [
  [0.04, -0.1],
  [0.22, -0.42],
  [0.55, -0.7],
  [0.86, -0.78],
  [0.94, -0.66],
  [0.84, -0.4],
  [0.72, -0.16],
  [0.5, 0.02],
  [0.05, 0.04],
]

const hindWing: readonly Point[] = [
  [0.04, 0.0],
  [0.4, -0.04],
  [0.66, 0.1],
  [0.7, 0.32],
  [0.58, 0.54],
  [0.38, 0.66],
  [0.18, 0.56],
  [0.05, 0.26],
]

function drawButterfly(roll: Dice, crossed: boolean): string {
  // The viceroy is redder as a rule; single ones are not.
  const hue = crossed ? roll.between(8, 27) : roll.between(19, 38)
  const saturation = roll.between(75, 95)
  const light = roll.between(46, 58)
  const dark = hsl(roll.between(10, 30), 35, roll.between(7, 14))
  const glow = radialGradient('wing', [0.1, 0], 0.95, [
    [0, hsl(hue - 6, saturation, light - 12)],
    [0.45, hsl(hue, saturation, light)],
    [1, hsl(hue + 8, saturation, light + 8)],
  ])
  const opening = roll.between(-12, 9)
  const slimness = roll.between(0.86, 1.04)
  const wings = [
    wing(jittered(hindWing, 0.018, roll), { roll, dark, crossed, tip: false }),
    group(
      wing(jittered(foreWing, 0.018, roll), { roll, dark, crossed: false, tip: true }),
      `rotate(${n(opening)})`,
    ),
  ].join('')
  const tilt = roll.between(0.78, 1)
  return [
    `<defs>${glow}</defs>`,
    group(wings, `scale(${n(slimness)} 1)`),
    group(wings, `scale(${n(-slimness * tilt)} 1)`),
    body(dark, roll),
  ].join('')
}

function wing(
  outline: readonly Point[],
  look: { roll: Dice; dark: string; crossed: boolean; tip: boolean },
): string {
  const { roll, dark, crossed, tip } = look
  const base: Point = outline[0] ?? [0, 0]
  const veinEnds = outline.slice(2, -1)
  const parts = [path(smooth(outline), dark), path(smooth(scaled(outline, 0.86, base)), 'url(#wing)')]
  for (const end of veinEnds) {
    const [inner] = scaled([end], 0.95, base)
    if (inner)
      parts.push(line(smooth([base, bent(base, inner, 0.04), inner], false), dark, roll.between(0.018, 0.03)))
  }
  if (tip) {
    // The dark corner of the fore wing with its pale patches.
    const corner = outline.slice(2, 6)
    parts.push(path(smooth([...corner, ...scaled(corner, 0.74, base).reverse()]), dark))
    for (const spot of scaled(outline.slice(2, 6), 0.84, base)) {
      parts.push(
        ellipse(spot, 0.05, 0.026, hsl(38, 80, 82), `transform="rotate(-30 ${n(spot[0])} ${n(spot[1])})"`),
      )
    }
  }
  if (crossed) {
    const arc = scaled(outline.slice(1, -1), roll.between(0.54, 0.62), base)
    parts.push(line(smooth(arc, false), dark, roll.between(0.06, 0.085)))
  }
  parts.push(...marginDots(outline, base, roll))
  return parts.join('')
}

/** Two rows of white dots along the dark margin. */
function marginDots(outline: readonly Point[], base: Point, roll: Dice): string[] {
  const white = hsl(45, 40, roll.between(88, 97))
  const dots: string[] = []
  const rim = outline.slice(3)
  rim.forEach((from, index) => {
    const to = rim[index + 1]
    if (!to) return
    for (const share of [0.15, 0.5, 0.85]) {
      const point: Point = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]
      for (const [depth, size] of [
        [0.96, 0.014],
        [0.905, 0.011],
      ] as const) {
        const [place] = scaled([point], depth, base)
        if (place) dots.push(circle(place, size * roll.between(0.8, 1.3), white))
      }
    }
  })
  return dots
}

function body(dark: string, roll: Dice): string {
  const curl = roll.between(0.12, 0.3)
  const antenna = (side: number): string =>
    line(
      smooth(
        [
          [0.02 * side, -0.3],
          [0.1 * side, -0.5],
          [curl * side, -0.72],
        ],
        false,
      ),
      dark,
      0.018,
    ) + circle([curl * side, -0.73], 0.022, dark)
  return [
    antenna(1),
    antenna(-1),
    ellipse([0, 0.12], 0.055, 0.34, dark),
    ellipse([0, -0.14], 0.075, 0.15, dark),
    circle([0, -0.29], 0.055, dark),
    ellipse([-0.018, 0.05], 0.012, 0.3, hsl(35, 30, 45, 0.5)),
    ...[-0.31, -0.27].map((y) => circle([0.02, y], 0.009, hsl(40, 20, 92))),
  ].join('')
}

function bent(from: Point, to: Point, amount: number): Point {
  return [
    (from[0] + to[0]) / 2 + (to[1] - from[1]) * amount,
    (from[1] + to[1]) / 2 - (to[0] - from[0]) * amount,
  ]
}
