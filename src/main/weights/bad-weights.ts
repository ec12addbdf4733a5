import { WorkbenchError } from '../../contract/errors'

/** `what` names the tensor where there is one: "the tensor …/kernel is cut off". Names come from the file, so they are made fit to be read. */
export function badWeights(path: string, what: string, cause?: unknown): WorkbenchError {
  const readable = what.replace(/[\p{Cc}\p{Cf}]/gu, '?')
  return new WorkbenchError(
    'bad-weights',
    `Cannot use ${path} as weights: ${readable.length > 500 ? `${readable.slice(0, 500)} …` : readable}.`,
    'Download or export the file again, or choose another: a .npz with the published BiT names, or a timm .safetensors of the same model size.',
    { cause },
  )
}
