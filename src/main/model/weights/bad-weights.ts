import { WorkbenchError } from '../../../contract/errors'

/** `what` names the tensor where there is one: "the tensor …/kernel is cut off". */
export function badWeights(path: string, what: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError(
    'bad-weights',
    `${path} cannot be used as weights: ${what}.`,
    'Download or export the file again, or choose another: a .npz in the published BiT naming or a timm .safetensors of the same model size.',
    { cause },
  )
}
