/** Imported before what reads the address: the code of a link leaves it at once. */
import { takeLink } from './session'

takeLink(location, history)
