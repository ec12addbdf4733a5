/** Imported first: the schema library must not compile code, the content security policy forbids it. */
import { config } from 'zod'

config({ jitless: true })
