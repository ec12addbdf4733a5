import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const folder = 'src/renderer'
const text = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(svelte|css|ts|html)$/.test(name))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n')

it('every variable that a style uses is set somewhere', () => {
  const used = new Set([...text.matchAll(/var\((--[a-z\d-]+)[,)]/g)].map(([, name]) => name ?? ''))
  const set = new Set([...text.matchAll(/(--[a-z\d-]+)['"]?\s*[:=]/g)].map(([, name]) => name ?? ''))
  expect(used.size).toBeGreaterThan(20)
  expect([...used].filter((name) => !set.has(name))).toEqual([])
})
