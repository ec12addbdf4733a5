/** The text of a file that the user chose, to be sent to the core whole. */
import { WorkbenchError } from '../../contract/errors'
import { app } from './app.svelte'

/** A browser sends no longer messages than a megabyte. */
const mostBytesOfBrowser = 700_000

/** `command`: what takes larger files. Throws 'bad-input' where it is too large to be sent. */
export async function fileText(file: File, command: string): Promise<string> {
  if (file.size > mostBytesOfBrowser && app.abilities.pathOfFile === undefined) {
    throw new WorkbenchError(
      'bad-input',
      `${file.name} is larger than a browser can send at once.`,
      `Use "${command}" on the machine of the workbench.`,
    )
  }
  return file.text()
}
