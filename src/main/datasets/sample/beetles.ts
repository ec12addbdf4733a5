/** Seven-spot ladybird and harlequin ladybird, each about [-1, 1]², head up. */
import { circle, ellipse, hsl, line, n, path, type Point, radialGradient, smooth, type Dice } from './sketch'

export function drawLadybird(roll: Dice): string {
  const size = roll.between(0.13, 0.17)
  const spots: Point[] = [
    [0.24, -0.16],
    [0.46, 0.16],
    [0.22, 0.44],
  ]
  const marks = [ellipse([0, -0.4], size * 0.95, size * 0.85, spotColour)]
  for (const [x, y] of spots) marks.push(...pair([x, y], size, roll))
  return beetle(roll, { hue: roll.between(-4, 11), light: roll.between(40, 50), marks, paleCollar: false })
}

export function drawHarlequin(roll: Dice): string {
  const size = roll.between(0.075, 0.12)
  const rows: Point[] = [
    [0.2, -0.34],
    [0.47, -0.22],
    [0.16, -0.04],
    [0.4, 0.04],
    [0.6, 0.14],
    [0.2, 0.27],
    [0.44, 0.37],
    [0.15, 0.56],
  ]
  // Some have few spots: then only the pale collar tells them from a seven-spot.
  const shown = rows.filter(() => roll.chance(0.86))
  const marks = shown.flatMap((spot) => pair(spot, size, roll))
  return beetle(roll, { hue: roll.between(7, 29), light: roll.between(42, 54), marks, paleCollar: true })
}

const spotColour = hsl(10, 25, 8)

function pair([x, y]: Point, size: number, roll: Dice): string[] {
  const radius = size * roll.between(0.85, 1.15)
  return [1, -1].map((side) =>
    ellipse([x * side + roll.between(-0.015, 0.015), y], radius * 0.92, radius, spotColour),
  )
}

function beetle(
  roll: Dice,
  kind: { hue: number; light: number; marks: readonly string[]; paleCollar: boolean },
): string {
  const { hue, light } = kind
  const shell: Point[] = [
    [0, -0.56],
    [0.42, -0.5],
    [0.7, -0.16],
    [0.72, 0.24],
    [0.46, 0.68],
    [0, 0.86],
  ]
  const outline = smooth([
    ...shell,
    ...shell
      .slice(1, -1)
      .reverse()
      .map(([x, y]): Point => [-x, y]),
  ])
  const dome = radialGradient('dome', [-0.24, -0.22], 1.15, [
    [0, hsl(hue + 10, 92, light + 18)],
    [0.35, hsl(hue + 2, 88, light)],
    [0.8, hsl(hue - 2, 85, light - 14)],
    [1, hsl(hue - 6, 80, light - 26)],
  ])
  const stride = roll.between(-0.1, 0.1)
  const legs = [-0.34, 0.05, 0.42].flatMap((y, index) =>
    [1, -1].map((side) => {
      const reach = y + (index - 1) * 0.2 + stride * side
      return line(
        smooth(
          [
            [0.5 * side, y],
            [0.82 * side, reach],
            [0.95 * side, reach + 0.13],
          ],
          false,
        ),
        hsl(15, 30, 10),
        0.05,
      )
    }),
  )
  const feelers = [1, -1].map((side) =>
    line(
      smooth(
        [
          [0.1 * side, -0.86],
          [0.2 * side, -0.99],
          [0.32 * side, -1],
        ],
        false,
      ),
      hsl(20, 30, 14),
      0.03,
    ),
  )
  const black = hsl(15, 22, 9)
  const pale = hsl(45, 45, 90)
  const collar = kind.paleCollar
    ? ellipse([0, -0.6], 0.47, 0.23, pale) +
      path(`M-0.22 -0.46L-0.17 -0.74L0 -0.6L0.17 -0.74L0.22 -0.46Z`, black)
    : ellipse([0, -0.6], 0.47, 0.23, black) +
      ellipse([-0.33, -0.64], 0.11, 0.09, pale) +
      ellipse([0.33, -0.64], 0.11, 0.09, pale)
  const gleamAngle = n(roll.between(-40, -20))
  return [
    `<defs>${dome}<clipPath id="back"><path d="${outline}"/></clipPath></defs>`,
    ...legs,
    ...feelers,
    ellipse([0, -0.8], 0.2, 0.13, black),
    collar,
    circle([-0.15, -0.84], 0.035, pale),
    circle([0.15, -0.84], 0.035, pale),
    path(outline, 'url(#dome)', `stroke="${hsl(hue, 60, 14)}" stroke-width="0.02"`),
    `<g clip-path="url(#back)">${kind.marks.join('')}</g>`,
    line('M0 -0.56L0 0.86', hsl(hue, 60, 12, 0.9), 0.022),
    ellipse([-0.3, -0.2], 0.2, 0.09, 'rgba(255,255,255,0.5)', `transform="rotate(${gleamAngle} -0.3 -0.2)"`),
  ].join('')
}
