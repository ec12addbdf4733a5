/** Work that ends late does not take the user away from where they are by then. */
import { onMount } from 'svelte'
import { go } from '../router.svelte'
import { toasts } from './toasts.svelte'

/**
 * For a component, as it begins. What it answers goes to an address while the component is there, and answers true; later it says what was done, in a message
 * that leads there.
 */
export function goWhileHere(): (address: string, done: string) => boolean {
  let isHere = true
  onMount(() => () => (isHere = false))
  return (address, done) => {
    if (isHere) go(address)
    else toasts.say(done, { label: 'Open', run: () => go(address) })
    return isHere
  }
}
