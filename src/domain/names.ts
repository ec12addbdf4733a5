/** Names that a user types or a file brings: of datasets, runs, models and folders. Pure. */
import { WorkbenchError } from '../contract/errors'

/**
 * Line ends, control characters, marks that turn the direction of what is written after them, and halves of characters: in a
 * list or a message they hide or forge what stands beside the name. Joiners stay, since scripts and emoji need them.
 */
const misleading = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}\uFEFF]/u
const allMisleading = new RegExp(`${misleading.source}+`, 'gu')
/** As the database keeps them. */
const mostCharacters = 200
const visible = /[^\p{C}\p{Z}]/u
/** What file systems take for one name, in bytes of UTF-8. */
const mostFolderBytes = 255

/** What a line may have to be read from right to left for. */
const turning = /[\p{Bidi_Control}\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}\p{sc=Thaana}\p{sc=Nko}]/u

/**
 * The name for a text in which others stand beside it, as in 'a → b': one that is written from right to left, or has marks that turn the direction, would
 * turn those round, too. In markup `bdi` does the same.
 */
export function isolated(name: string): string {
  return turning.test(name) ? `\u2068${name.replaceAll(/\p{Bidi_Control}/gu, '')}\u2069` : name
}

/**
 * The name without space at its ends. Throws 'bad-input' where none of it can be seen, where it holds what misleads the eye, is too long, or, of a
 * dataset or run, reads as the number or the address that lists show beside names.
 */
export function typedName(
  text: string,
  of: 'dataset' | 'run' | 'folder' | 'file' | 'class' | 'tag' | 'view' | 'rating' | 'rater' | 'group',
): string {
  const name = text.trim()
  const shortened = name.length > mostCharacters ? `${name.slice(0, 60)}…` : name
  const refuse = (reason: string, wayOut = 'Use letters, digits, spaces and symbols.'): never => {
    throw new WorkbenchError(
      'bad-input',
      `“${spelled(shortened)}” cannot be the name of a ${of}: ${reason}.`,
      wayOut,
    )
  }
  const found = misleading.exec(name)?.[0]
  if (found !== undefined) return refuse(`it contains the control character ${codePoint(found)}`)
  if (!visible.test(name)) return refuse('it has no visible characters')
  if (of !== 'folder' && of !== 'file' && name.length > mostCharacters)
    return refuse(`it has ${String(name.length)} characters`, `Use at most ${String(mostCharacters)}.`)
  if ((of === 'dataset' || of === 'run') && readsAsId(name))
    return refuse('it reads as the number of one', 'Add a letter, so that the two can be told apart.')
  if ((of === 'folder' || of === 'file') && new TextEncoder().encode(name).length > mostFolderBytes)
    return refuse('it is too long', 'Use a shorter name.')
  return name
}

/** What can be shown of a name that nobody typed here: of a folder on the disk, or from a file of weights. `otherwise` where that is nothing. */
export function shownName(text: string, otherwise: string): string {
  const name = text.replace(allMisleading, ' ').trim()
  return visible.test(name) ? name : otherwise
}

/** What a new dataset is called: that of its folder or list, as far as it can be a name. */
export function datasetName(folderName: string): string {
  const name = shownName(folderName, 'dataset').slice(0, mostCharacters).trim()
  return readsAsId(name) ? `dataset ${name}`.slice(0, mostCharacters) : name
}

/** "5" is the number of a run, "run:5" the address of a model. */
function readsAsId(name: string): boolean {
  return /^\d+$/.test(name) || /^(?:embedded|published|run|path):/i.test(name)
}

function spelled(name: string): string {
  return name.replace(new RegExp(misleading.source, 'gu'), (found) => `<${codePoint(found)}>`)
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
