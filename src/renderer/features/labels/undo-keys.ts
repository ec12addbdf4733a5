/** The keys that take back the last correction or verdict, also where no image is in hand: the last one may just have left the list. */
import type { KeyBinding } from '../../state/keys.svelte'
import type { LabelsView } from '../../state/datasets/labels.svelte'

/** `onback`: the one image that it was about is wanted in hand. */
export function undoKeys(labels: LabelsView, onback: (imageId: number) => void): KeyBinding[] {
  const turn = async (kind: 'undo' | 'redo'): Promise<void> => {
    const imageId = await labels[kind]()
    if (imageId !== null) onback(imageId)
  }
  return [
    { keys: 'Ctrl Z', does: 'Undo the last correction or verdict', run: () => void turn('undo') },
    { keys: 'Ctrl Shift Z', does: 'Redo', run: () => void turn('redo') },
  ]
}
