/** Makes the page of a component test what the window is: its style sheets and its schemas. */
import '../../../src/renderer/transport/no-eval'
import '../../../src/renderer/styles/font.css'
import '../../../src/renderer/styles/tokens.css'
import '../../../src/renderer/styles/base.css'
import '../../../src/renderer/styles/controls.css'
import '../../../src/renderer/styles/gallery.css'
import '../../../src/renderer/styles/data.css'
