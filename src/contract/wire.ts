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

/** What the desktop's menu asks of the page. */
export const menuCommands = [
  'open-folder',
  'open-bundle',
  'reveal',
  'reveal-home',
  'switch-theme',
  'keys',
  'about',
] as const
export type MenuCommand = (typeof menuCommands)[number]

/** What the page tells the desktop's menu. */
export const pageFactsSchema = z.strictObject({
  /** What "Show in the file manager" would show; null where there is nothing of its own. */
  inView: z.enum(['dataset', 'image', 'run']).nullable(),
  theme: z.enum(['dark', 'light']),
  /** The caret is in a text field: the menu's keys keep still. */
  typing: z.boolean(),
})
export type PageFacts = z.infer<typeof pageFactsSchema>

export const desktopNoticeSchema = z.strictObject({
  title: z.string().max(300),
  body: z.string().max(1000),
})
export type DesktopNotice = z.infer<typeof desktopNoticeSchema>

export const desktopWorkSchema = z.strictObject({
  /** In [0, 1]; null: nothing is under way. */
  progress: z.number().min(0).max(1).nullable(),
  keepsAwake: z.boolean(),
})
export type DesktopWork = z.infer<typeof desktopWorkSchema>

export const newFileQuestionSchema = z.strictObject({
  suggestedPath: z.string().max(4096),
  /** Endings that the file may have, without the dot. */
  endings: z.array(z.string().regex(/^[a-z\d]{1,20}$/)).max(20),
})
export type NewFileQuestion = z.infer<typeof newFileQuestionSchema>

/** What the shell around the renderer can do; handed over with the port. Browser: none. Paths are null when the user cancels. */
export interface ShellAbilities {
  /** Electron's dialog for a folder of images. */
  chooseFolder?: () => Promise<string | null>
  chooseBundleFile?: () => Promise<string | null>
  chooseWeightsFile?: () => Promise<string | null>
  /** A folder in which something new is to be written; the dialog can make one. */
  chooseParentFolder?: () => Promise<string | null>
  /** A file that is to be written. */
  chooseNewFile?: (question: NewFileQuestion) => Promise<string | null>
  /** Writes an HTML report as a PDF file that the user names; null: they gave up. */
  savePdf?: (htmlPath: string) => Promise<string | null>
  /** Opens the folder that holds it, with it selected. */
  showInFolder?: (path: string) => Promise<void>
  /** The path of a dropped file or folder. */
  pathOfFile?: (file: File) => string
  /** What the menu asks from now on. One listener: the next takes its place. */
  onMenuCommand?: (listener: (command: MenuCommand) => void) => void
  /** What the menu's words and keys depend on. */
  tellMenu?: (facts: PageFacts) => Promise<void>
  /** The desktop says it. A click on it brings the window to the front, and answers true; one that goes away unseen answers false. */
  notify?: (notice: DesktopNotice) => Promise<boolean>
  /** What the window's place in the task bar shows, and whether the machine stays awake. */
  showWork?: (work: DesktopWork) => Promise<void>
}
