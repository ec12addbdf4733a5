/** What lies behind and before the object: the same grounds for every class, so that none gives the class away. */
import {
  circle,
  ellipse,
  group,
  hsl,
  line,
  linearGradient,
  n,
  path,
  type Point,
  smooth,
  type Dice,
} from './sketch'

/** Markup that fills the image; filters and gradients included. */
export function drawGround(roll: Dice, widthPx: number, heightPx: number): string {
  const draw = roll.pick([meadow, meadow, dusk, sand, slate, wood, paper, moss])
  return draw(roll, widthPx, heightPx)
}

/** Small things around the object, at random places. */
export function drawClutter(roll: Dice, widthPx: number, heightPx: number): string {
  const count = roll.whole(0, 5)
  return Array.from({ length: count }, () => {
    const place: Point = [roll.between(0, widthPx), roll.between(0, heightPx)]
    const size = roll.between(2, 8)
    const turn = `rotate(${n(roll.between(0, 360))} ${n(place[0])} ${n(place[1])})`
    if (roll.chance(0.5)) {
      const tone = hsl(roll.between(15, 60), roll.between(5, 35), roll.between(30, 75))
      return (
        ellipse([place[0] + 1, place[1] + 1.5], size, size * 0.7, 'rgba(0,0,0,0.3)', `transform="${turn}"`) +
        ellipse(place, size, size * 0.7, tone, `transform="${turn}"`)
      )
    }
    const tone = hsl(roll.between(15, 120), roll.between(30, 65), roll.between(25, 50))
    return ellipse(place, size * 1.6, size * 0.5, tone, `transform="${turn}"`)
  }).join('')
}

/** Something out of focus in front, at times over the object. */
export function drawForeground(roll: Dice, widthPx: number, heightPx: number): string {
  if (!roll.chance(0.3)) return ''
  const tone = hsl(
    roll.pick([roll.between(70, 130), roll.between(20, 50)]),
    roll.between(25, 60),
    roll.between(22, 48),
    0.92,
  )
  const blades = Array.from({ length: roll.whole(1, 3) }, () => {
    const foot = roll.between(-0.1, 1.1) * widthPx
    const top = foot + roll.between(-0.45, 0.45) * widthPx
    const bend = (foot + top) / 2 + roll.between(-0.12, 0.12) * widthPx
    const half = roll.between(0.02, 0.045) * widthPx
    const topY = heightPx * roll.between(-0.1, 0.45)
    // A blade of grass: broad at the foot, sharp at the top.
    const outline: Point[] = [
      [foot - half, heightPx * 1.1],
      [bend - half * 0.75, heightPx * 0.55],
      [top, topY],
      [bend + half * 0.75, heightPx * 0.55],
      [foot + half, heightPx * 1.1],
    ]
    const rib: Point[] = [
      [foot, heightPx * 1.1],
      [bend, heightPx * 0.55],
      [top, topY],
    ]
    return path(smooth(outline), tone) + line(smooth(rib, false), 'rgba(255,255,255,0.22)', half * 0.25)
  })
  const turn = roll.pick([0, 0, 90, 180, 270])
  return group(blades.join(''), `rotate(${turn} ${n(widthPx / 2)} ${n(heightPx / 2)})`, 'filter="url(#near)"')
}

function meadow(roll: Dice, widthPx: number, heightPx: number): string {
  const hue = roll.between(75, 140)
  const light = roll.between(26, 50)
  const wash = linearGradient(
    'ground',
    [0, 0],
    [roll.between(-40, 40), heightPx],
    [
      [0, hsl(hue - 15, 45, light + 16)],
      [1, hsl(hue + 10, 50, light - 12)],
    ],
  )
  const blades = Array.from({ length: 26 }, () => {
    const foot = roll.between(-20, widthPx + 20)
    const lean = roll.between(-50, 50)
    const points: Point[] = [
      [foot, heightPx + 10],
      [foot + lean * 0.3, heightPx * 0.6],
      [foot + lean, roll.between(-10, heightPx * 0.6)],
    ]
    return line(
      smooth(points, false),
      hsl(hue + roll.between(-25, 20), roll.between(35, 60), light + roll.between(-14, 18), 0.75),
      roll.between(3, 11),
    )
  })
  return ground(
    wash,
    widthPx,
    heightPx,
    group(blades.join('') + bokeh(roll, widthPx, heightPx, 6), '', 'filter="url(#far)"'),
  )
}

function dusk(roll: Dice, widthPx: number, heightPx: number): string {
  const hue = roll.pick([roll.between(190, 230), roll.between(255, 320), roll.between(15, 45)])
  const wash = linearGradient(
    'ground',
    [0, 0],
    [0, heightPx],
    [
      [0, hsl(hue, roll.between(30, 60), roll.between(45, 72))],
      [1, hsl(hue + roll.between(-60, 60), roll.between(30, 60), roll.between(20, 45))],
    ],
  )
  return ground(wash, widthPx, heightPx, group(bokeh(roll, widthPx, heightPx, 16), '', 'filter="url(#far)"'))
}

function bokeh(roll: Dice, widthPx: number, heightPx: number, count: number): string {
  return Array.from({ length: count }, () =>
    circle(
      [roll.between(0, widthPx), roll.between(0, heightPx)],
      roll.between(5, 24),
      hsl(roll.between(0, 360), roll.between(30, 80), roll.between(60, 85), roll.between(0.15, 0.45)),
    ),
  ).join('')
}

function sand(roll: Dice, widthPx: number, heightPx: number): string {
  return textured(roll, widthPx, heightPx, {
    hue: roll.between(32, 46),
    saturation: roll.between(22, 45),
    light: roll.between(58, 74),
    grainX: 0.5,
    grainY: 0.5,
    strength: 0.5,
  })
}

function slate(roll: Dice, widthPx: number, heightPx: number): string {
  return textured(roll, widthPx, heightPx, {
    hue: roll.between(190, 250),
    saturation: roll.between(3, 16),
    light: roll.between(24, 52),
    grainX: 0.02,
    grainY: 0.05,
    strength: 0.75,
  })
}

function wood(roll: Dice, widthPx: number, heightPx: number): string {
  const lengthwise = roll.chance(0.5)
  const [grainX, grainY] = lengthwise ? [0.006, 0.14] : [0.14, 0.006]
  return textured(roll, widthPx, heightPx, {
    hue: roll.between(20, 36),
    saturation: roll.between(25, 50),
    light: roll.between(30, 58),
    grainX,
    grainY,
    strength: 0.7,
  })
}

function paper(roll: Dice, widthPx: number, heightPx: number): string {
  return textured(roll, widthPx, heightPx, {
    hue: roll.between(30, 60),
    saturation: roll.between(8, 35),
    light: roll.between(80, 92),
    grainX: 0.7,
    grainY: 0.7,
    strength: 0.16,
  })
}

function moss(roll: Dice, widthPx: number, heightPx: number): string {
  return textured(roll, widthPx, heightPx, {
    hue: roll.between(65, 115),
    saturation: roll.between(25, 50),
    light: roll.between(20, 38),
    grainX: 0.09,
    grainY: 0.09,
    strength: 0.95,
  })
}

function textured(
  roll: Dice,
  widthPx: number,
  heightPx: number,
  look: { hue: number; saturation: number; light: number; grainX: number; grainY: number; strength: number },
): string {
  const { hue, saturation, light, strength } = look
  const wash = linearGradient(
    'ground',
    [0, 0],
    [roll.between(-widthPx, widthPx), heightPx],
    [
      [0, hsl(hue, saturation, light + 6)],
      [1, hsl(hue + roll.between(-8, 8), saturation, light - 8)],
    ],
  )
  const frequency = `${n(look.grainX * roll.between(0.8, 1.2))} ${n(look.grainY * roll.between(0.8, 1.2))}`
  // Noise as darkness: its red channel becomes the opacity of black.
  const grain = `<filter id="grain" x="0" y="0" width="1" height="1"><feTurbulence type="fractalNoise" baseFrequency="${frequency}" numOctaves="3" seed="${roll.whole(1, 9999)}"/><feColorMatrix values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 ${n(strength * 1.7)} 0 0 0 ${n(-strength * 0.55)}"/></filter>`
  return ground(
    wash + grain,
    widthPx,
    heightPx,
    `<rect width="${widthPx}" height="${heightPx}" filter="url(#grain)"/>`,
  )
}

function ground(definitions: string, widthPx: number, heightPx: number, content: string): string {
  return `<defs>${definitions}</defs><rect width="${widthPx}" height="${heightPx}" fill="url(#ground)"/>${content}`
}
