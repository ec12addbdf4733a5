import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runColor, runDash } from '../../../src/renderer/charts/run-colors'

type Three = readonly [number, number, number]
type Matrix = readonly [Three, Three, Three]

/** Full protanopia, deuteranopia, tritanopia: Machado, Oliveira, Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency". */
const visions: Readonly<Record<string, Matrix>> = {
  ordinary: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

const tokens = readFileSync('src/renderer/styles/tokens.css', 'utf8')

/** Of a token, in the light theme and the dark one, linear. */
function token(name: string): [light: Three, dark: Three] {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(tokens)
  return [linear(found?.[1] ?? ''), linear(found?.[2] ?? '')]
}

function linear(hex: string): Three {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

const dot = (a: Three, b: Three): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const times = ([a, b, c]: Matrix, v: Three): Three => [dot(a, v), dot(b, v), dot(c, v)]
const luminance = (color: Three): number => dot([0.2126, 0.7152, 0.0722], color)

/** https://bottosson.github.io/posts/oklab */
function oklab(color: Three): Three {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    color,
  )
  const roots: Three = [Math.cbrt(cones[0]), Math.cbrt(cones[1]), Math.cbrt(cones[2])]
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    roots,
  )
}

function clamped([a, b, c]: Three): Three {
  const clamp = (value: number): number => Math.min(1, Math.max(0, value))
  return [clamp(a), clamp(b), clamp(c)]
}

const colors = Array.from({ length: 8 }, (_, index) => token(`run-${index}`))

describe('the colours of runs', () => {
  it('are the same for a run wherever it is drawn, and repeat after eight', () => {
    expect(runColor(3)).toBe('var(--run-3)')
    expect(runColor(11)).toBe(runColor(3))
    expect(new Set(Array.from({ length: 8 }, (_, id) => runColor(id))).size).toBe(8)
  })

  it('are told apart by dashes where runs with the same one are shown together', () => {
    expect(runDash(11, [11, 4])).toBeNull()
    expect([3, 11, 19].map((id) => JSON.stringify(runDash(id, [19, 3, 11])))).toHaveLength(3)
    expect(new Set([3, 11, 19].map((id) => JSON.stringify(runDash(id, [19, 3, 11])))).size).toBe(3)
  })

  it.each([0, 1])('stand out 3:1 from a pane, theme %i', (theme) => {
    const pane = luminance(token('surface-1')[theme] ?? [0, 0, 0])
    for (const color of colors) {
      const own = luminance(color[theme] ?? [0, 0, 0])
      expect((Math.max(own, pane) + 0.05) / (Math.min(own, pane) + 0.05)).toBeGreaterThan(3)
    }
  })

  it.each(Object.keys(visions).flatMap((vision) => [0, 1].map((theme) => [vision, theme] as const)))(
    'are far apart for %s vision, theme %i',
    (vision, theme) => {
      const seen = colors.map((color) =>
        oklab(
          clamped(
            times(
              visions[vision] ??
                visions['ordinary'] ?? [
                  [0, 0, 0],
                  [0, 0, 0],
                  [0, 0, 0],
                ],
              color[theme] ?? [0, 0, 0],
            ),
          ),
        ),
      )
      for (const [index, one] of seen.entries())
        for (const other of seen.slice(index + 1))
          expect(Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])).toBeGreaterThan(0.1)
    },
  )
})
