/** The messages of the one typed port, the same over a MessagePort, a process channel and a WebSocket. */
import { z } from 'zod'
import { wireErrorSchema } from './errors'
import { sequencedEventSchema } from './events'

export const clientMessageSchema = z.object({
  type: z.literal('call'),
  /** Unique within the connection. */
  callId: z.int(),
  name: z.string().max(100),
  input: z.unknown(),
})
export type ClientMessage = z.infer<typeof clientMessageSchema>

export const coreMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('result'), callId: z.int(), output: z.unknown() }),
  z.object({ type: z.literal('error'), callId: z.int(), error: wireErrorSchema }),
  z.object({ type: z.literal('event'), event: sequencedEventSchema }),
])
export type CoreMessage = z.infer<typeof coreMessageSchema>

/** What the shell around the renderer can do; handed over with the port. Browser: none. */
export interface ShellAbilities {
  /** Electron's folder dialog; null when the user cancels. */
  chooseFolder?: () => Promise<string | null>
  chooseWeightsFile?: () => Promise<string | null>
  /** Opens the folder that holds it, with it selected. */
  showInFolder?: (path: string) => Promise<void>
  /** The path of a dropped file or folder. */
  pathOfFile?: (file: File) => string
}
