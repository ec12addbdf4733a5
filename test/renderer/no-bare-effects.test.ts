import { ESLint } from 'eslint'
import { expect, it } from 'vitest'

/** What the project's own lint configuration says of an effect in this file. */
async function complaints(filePath: string, text: string): Promise<string[]> {
  const [result] = await new ESLint({
    ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-syntax',
  }).lintText(text, {
    filePath,
  })
  return (result?.messages ?? []).map(({ message }) => message)
}

it('the linter refuses an effect that follows whatever it happens to read, in screens and in state', async () => {
  const effect = '$effect(() => { void view.open() })\n'
  const screen = `<script lang="ts">\n  const view = { open: () => 1 }\n  ${effect}</script>\n`
  expect(await complaints('src/renderer/features/runs/Any.svelte', screen)).toEqual([
    expect.stringContaining('whenever()'),
  ])
  expect(await complaints('src/renderer/state/any.svelte.ts', effect)).toHaveLength(1)
})

it('the linter lets through what names the values it follows', async () => {
  const text = 'whenever(() => view.id, (id) => void view.open(id))\nonMount(() => view.open())\n'
  expect(await complaints('src/renderer/state/any.svelte.ts', text)).toEqual([])
})
