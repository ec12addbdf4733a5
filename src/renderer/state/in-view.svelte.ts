/** What on the screen lies on the disk: the image in hand, else the run or the dataset of the address. */
import type { Place } from '../../contract/endpoints'
import { route } from '../router.svelte'
import { app } from './app.svelte'
import { placeInView } from './place-in-view'
import { toasts } from './toasts.svelte'

class InView {
  private imageId: number | null = $state(null)
  readonly place: Place | null = $derived(placeInView(route.screen, route.id, this.imageId))

  /** Whether "Show in the file manager" can be offered: Electron can; a browser where the core sits before the user. */
  get canReveal(): boolean {
    return app.abilities.showInFolder !== undefined || app.info?.canReveal === true
  }

  /** Use in `whenever`; the image goes when its pane goes. */
  show(imageId: number): () => void {
    this.imageId = imageId
    return () => {
      if (this.imageId === imageId) this.imageId = null
    }
  }

  async reveal(place: Place): Promise<void> {
    await toasts.attempt(async () => {
      const show = app.abilities.showInFolder
      if (show) await show((await app.call('folders.locate', place)).path)
      else await app.call('folders.reveal', place)
    })
  }
}

export const inView = new InView()
