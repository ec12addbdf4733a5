/** The ways into a bundle that is looked at, and back to the home. */
import { toWireError } from '../../contract/errors'
import { go } from '../router.svelte'
import { hrefTo } from '../routes'
import { rememberBundle, rememberedBundle } from '../transport/bundle-client'
import type { Client } from '../transport/client'
import { app, type OpenedBundle } from './app.svelte'
import { toasts } from './toasts.svelte'

/** Electron asks with its own dialog; a browser has a path field. */
export async function chooseBundle(): Promise<void> {
  const path = app.abilities.chooseBundleFile ? await app.abilities.chooseBundleFile() : ''
  if (path !== null) openBundle(path)
}

/** The import dialog of the home, which opens the file as soon as it has shown what is in it. '': it asks for one. */
function openBundle(path: string): void {
  const hash = hrefTo('runs', null, path === '' ? { import: true } : { import: path, look: true })
  if (app.mayChange) go(hash)
  else app.lookAt(null, hash)
}

/** What this page looked at before it was loaded again; null: the home. Where that bundle is closed now, says so. */
export async function bundleInView(client: Client): Promise<OpenedBundle | null> {
  const remembered = rememberedBundle()
  if (remembered === null) return null
  const { id } = remembered
  try {
    const bundle = { id, ...(await client.call('exchange.opened', { bundleId: id })) }
    rememberBundle({ id, path: bundle.path })
    return bundle
  } catch (thrown) {
    rememberBundle(null)
    // the address may name a run of the bundle, whose number means another one here
    go(hrefTo('runs'), { replace: true })
    if (toWireError(thrown).code === 'not-found') sayClosed(remembered.path)
    else toasts.error(thrown)
    return null
  }
}

function sayClosed(path: string): void {
  toasts.say(
    `${path === '' ? 'The bundle' : `The bundle ${path}`} is not open any more. This is your own home.`,
    path === '' ? null : { label: 'Open it again', run: () => openBundle(path) },
  )
}
