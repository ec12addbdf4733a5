/** Small tools for drawing with SVG: seeded choices, colours and smooth outlines. */

export type Point = readonly [x: number, y: number]

/** One image's source of chance. All drawing goes through it, so a seed gives the same image. */
export interface Dice {
  /** Uniform in [from, to). */
  between(from: number, to: number): number
  /** Uniform integer, both ends included. */
  whole(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(choices: readonly [T, ...T[]]): T
}

export function dice(next: () => number): Dice {
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))
  return {
    between: (from, to) => from + next() * (to - from),
    whole,
    chance: (probability) => next() < probability,
    pick: (choices) => choices[whole(0, choices.length - 1)] ?? choices[0],
  }
}

/** Hue in degrees, the rest in percent, opacity 0 … 1. */
export function hsl(hue: number, saturation: number, lightness: number, opacity = 1): string {
  return `hsla(${n((hue + 360) % 360)},${n(saturation)}%,${n(lightness)}%,${n(opacity)})`
}

/** A number short enough for markup. */
export function n(value: number): string {
  return String(Math.round(value * 1000) / 1000)
}

export function polar(angle: number, radius: number): Point {
  return [Math.cos(angle) * radius, Math.sin(angle) * radius]
}

/** A path with straight sides. */
export function polygon(points: readonly Point[], closed = true): string {
  return `M${points.map(([x, y]) => `${n(x)} ${n(y)}`).join('L')}${closed ? 'Z' : ''}`
}

/** A smooth path through the points (Catmull–Rom as Béziers). `tension` 0 is straight, 1 the usual roundness. */
export function smooth(points: readonly Point[], closed = true, tension = 1): string {
  const count = points.length
  const at = (index: number): Point => {
    const wrapped = closed ? (index + count) % count : Math.max(0, Math.min(count - 1, index))
    return points[wrapped] ?? [0, 0]
  }
  const [startX, startY] = at(0)
  let path = `M${n(startX)} ${n(startY)}`
  for (let index = 0; index < (closed ? count : count - 1); index++) {
    const [before, from, to, after] = [at(index - 1), at(index), at(index + 1), at(index + 2)]
    const pull = tension / 6
    path += `C${n(from[0] + (to[0] - before[0]) * pull)} ${n(from[1] + (to[1] - before[1]) * pull)}`
    path += ` ${n(to[0] - (after[0] - from[0]) * pull)} ${n(to[1] - (after[1] - from[1]) * pull)} ${n(to[0])} ${n(to[1])}`
  }
  return closed ? `${path}Z` : path
}

/** The points moved towards (or, above 1, away from) `centre`. */
export function scaled(points: readonly Point[], factor: number, centre: Point = [0, 0]): Point[] {
  return points.map(([x, y]) => [centre[0] + (x - centre[0]) * factor, centre[1] + (y - centre[1]) * factor])
}

export function jittered(points: readonly Point[], amount: number, roll: Dice): Point[] {
  return points.map(([x, y]) => [x + roll.between(-amount, amount), y + roll.between(-amount, amount)])
}

/** The left half added to a right half that runs from top to bottom; points on the axis are not doubled. */
export function mirrored(right: readonly Point[]): Point[] {
  const left = [...right]
    .reverse()
    .filter(([x]) => x > 0.001)
    .map(([x, y]): Point => [-x, y])
  return [...right, ...left]
}

export function path(d: string, fill: string, extra = ''): string {
  return `<path d="${d}" fill="${fill}" ${extra}/>`
}

export function line(d: string, stroke: string, width: number, extra = ''): string {
  return `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${n(width)}" stroke-linecap="round" ${extra}/>`
}

export function circle([x, y]: Point, radius: number, fill: string, extra = ''): string {
  return `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${fill}" ${extra}/>`
}

export function ellipse([x, y]: Point, rx: number, ry: number, fill: string, extra = ''): string {
  return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}" ${extra}/>`
}

/** Colours from the centre out, as offset 0 … 1 and colour. */
export function radialGradient(
  id: string,
  [x, y]: Point,
  radius: number,
  stops: readonly [number, string][],
): string {
  const marks = stops
    .map(([offset, colour]) => `<stop offset="${n(offset)}" stop-color="${colour}"/>`)
    .join('')
  return `<radialGradient id="${id}" gradientUnits="userSpaceOnUse" cx="${n(x)}" cy="${n(y)}" r="${n(radius)}">${marks}</radialGradient>`
}

export function linearGradient(
  id: string,
  [x1, y1]: Point,
  [x2, y2]: Point,
  stops: readonly [number, string][],
): string {
  const marks = stops
    .map(([offset, colour]) => `<stop offset="${n(offset)}" stop-color="${colour}"/>`)
    .join('')
  return `<linearGradient id="${id}" gradientUnits="userSpaceOnUse" x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}">${marks}</linearGradient>`
}

export function group(content: string, transform: string, extra = ''): string {
  return `<g transform="${transform}" ${extra}>${content}</g>`
}
