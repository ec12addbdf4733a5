/** The one queue of all images in the window. */
import { mostThumbnails } from '../../contract/calls/thumbnails'
import { createImageLoader } from './image-loader'
import { createReadyImages, type ReadyOptions } from './ready-images'

/** As many as a browser has connections to one server: more would only wait there, where nothing can be taken back. */
const atOnce = 6
/** Two frames: what is not longer in the document was flung past. */
const settleMs = 32

let askReady: ReadyOptions['ask'] = () => Promise.resolve([])

/** Whom to ask for thumbnails that are ready; before, none is. */
export function askForReady(ask: ReadyOptions['ask']): void {
  askReady = ask
}

export const images = createReadyImages({
  alone: createImageLoader(atOnce, (run) => setTimeout(run, settleMs)),
  ask: (keys) => askReady(keys),
  atOnce: mostThumbnails,
  soon: (run) => setTimeout(run, 0),
})
