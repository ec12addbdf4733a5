import { expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import { settingsSchema } from '../../../../src/contract/entities/settings'
import SettingsScreen from '../../../../src/renderer/features/settings/SettingsScreen.svelte'
import { app } from '../../../../src/renderer/state/app.svelte'
import { notices } from '../../../../src/renderer/state/notices.svelte'
import { settings } from '../../../../src/renderer/state/settings.svelte'

/** Answers with the names of the calls. */
async function open(refused = false): Promise<string[]> {
  const calls: string[] = []
  let now: unknown = settingsSchema.parse({})
  app.start({
    call: (name: string, input: unknown) => {
      calls.push(name)
      if (name === 'settings.set' && refused) return Promise.reject(new Error('The disk is full.'))
      if (name === 'settings.set') now = input
      const answers: Readonly<Record<string, unknown>> = {
        'settings.get': now,
        'settings.set': now,
        'settings.tryNotices': { problems: [] },
        'checkpoints.space': { checkpointBytes: 0, defaultBudgetBytes: 1, overBytes: 0 },
        'app.info': { databaseCheck: {}, startNotes: [], devices: [], devicesMissing: '' },
      }
      return Promise.resolve((answers[name] ?? { databaseCheck: {}, startNotes: [] }) as never)
    },
    onEvent: () => () => undefined,
    onConnection: () => () => undefined,
    abilities: {},
    imageKey: () => '',
  })
  settings.start()
  await render(SettingsScreen)
  await expect.element(page.getByRole('heading', { name: 'Settings' })).toBeVisible()
  return calls
}

async function type(label: RegExp, text: string): Promise<void> {
  const field = page.getByLabelText(label)
  await field.fill(text)
  ;(field.element() as HTMLInputElement).blur()
}

it('does not say that it told of an example where nothing is set that could tell', async () => {
  const calls = await open()
  const attempt = page.getByRole('button', { name: 'Try it' })
  await type(/^Webhook/, 'not an address')
  await attempt.click()
  await expect.element(page.getByText(/^Nothing is set/)).toBeVisible()
  expect(calls).not.toContain('settings.tryNotices')
  await type(/^Webhook/, 'http://127.0.0.1/told')
  await expect.element(page.getByText(/^Nothing is set/)).not.toBeInTheDocument()
  await attempt.click()
  await expect.element(page.getByText('Told.')).toBeVisible()
})

it('marks what is wrong with a field the same way at each of them', async () => {
  await open()
  await type(/^Threads/, '0')
  await type(/^Devices/, 'nonsense')
  await type(/^Webhook/, 'not an address')
  const faults = page.getByRole('alert')
  await expect.poll(() => faults.elements().length).toBe(3)
  for (const fault of faults.elements()) {
    expect(fault.querySelector('svg')).not.toBeNull()
    expect(getComputedStyle(fault).fontWeight).toBe('500')
  }
})

it('a box whose change is refused shows what holds', async () => {
  const allow = vi.spyOn(notices, 'allow').mockResolvedValue(false)
  await open(true)
  const desktop = page.getByRole('checkbox', { name: 'Notification on the desktop' })
  await desktop.click()
  await expect.element(desktop).not.toBeChecked()
  const done = page.getByRole('checkbox', { name: 'a run is done' })
  const before = (done.element() as HTMLInputElement).checked
  await done.click()
  await expect.poll(() => (done.element() as HTMLInputElement).checked).toBe(before)
  allow.mockRestore()
})
