/** The bytes of an image for the core that served this page. Electron needs none of this: it knows every file's path. */
import { fromWireError, WorkbenchError, type WireError } from '../../contract/errors'
import { authorization, lastSession } from './session'
import { maxUploadBytes, type Upload } from '../../contract/entities/predict'

/** Resolves to the upload's id. Throws what the core refused it for, or 'internal' where the line broke. */
export async function uploadImage(file: File, signal: AbortSignal): Promise<string> {
  if (file.size > maxUploadBytes) {
    throw new WorkbenchError(
      'bad-image',
      `${file.name} is larger than ${maxUploadBytes / 1024 ** 2} MiB.`,
      'Enter the path of its folder instead.',
    )
  }
  const session = lastSession()
  const response = await fetch(`/upload?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    body: file,
    headers: session === null ? {} : authorization(session),
    signal,
  })
  const answer: unknown = await response.json()
  // The core validates its answers against the contract before it sends them.
  if (!response.ok) throw fromWireError(answer as WireError)
  return (answer as Upload).uploadId
}
