/** A page that looks at an opened bundle: what it asks of runs and images goes to the bundle, the rest to the core as ever. */
import type { Call, EndpointName, Input, Output } from '../../contract/endpoints'
import type { CoreEvent } from '../../contract/events'
import { keptJson, tabStore } from '../browser-store'
import type { Client } from './client'

/** The workbench's own, whatever is looked at. */
const ofWorkbench = /^(app|engine|exchange|folders|settings|tasks)\./
/** The others tell of things of the home, whose numbers mean others in a bundle. */
const heard: readonly CoreEvent['type'][] = ['task', 'settings-changed', 'database-checked']

export function bundleClient(client: Client, bundleId: number): Client {
  const call: Call = async <N extends EndpointName>(name: N, input: Input<N>): Promise<Output<N>> => {
    if (ofWorkbench.test(name)) return client.call(name, input)
    // The core checks the answer against the same contract before it sends it.
    return (await client.call('exchange.ask', { bundleId, name, input })) as Output<N>
  }
  return {
    ...client,
    call,
    onEvent: (listener) =>
      client.onEvent((event) => {
        if (heard.includes(event.type)) listener(event)
      }),
    onConnection: (listener) => client.onConnection(listener),
    imageKey: () => client.imageKey(),
    ...(client.retry !== undefined && { retry: () => client.retry?.() }),
  }
}

const place = 'bitw-bundle'

/** A bundle that a page looks at. */
export interface BundleInView {
  readonly id: number
  /** '' where a link opened it. */
  readonly path: string
}

/** Of this window or tab alone, over a reload; null: it looks at the home. */
export function rememberedBundle(): BundleInView | null {
  return keptJson(tabStore, place) as BundleInView | null
}

export function rememberBundle(bundle: BundleInView | null): void {
  if (bundle === null) tabStore.removeItem(place)
  else tabStore.setItem(place, JSON.stringify(bundle))
}
