/** The one queue of all images in the window. */
import { createImageLoader } from './image-loader'

/** As many as a browser has connections to one server: more would only wait there, where nothing can be taken back. */
const atOnce = 6
/** Two frames: what is not longer in the document was flung past. */
const settleMs = 32

export const images = createImageLoader(atOnce, (run) => setTimeout(run, settleMs))
