/** Which part a group of the same image comes together in. Pure. */
import { splitParts, type Split, type SplitPart } from '../../contract/entities/dataset'

/**
 * Where most of the group are; of equal numbers into train, then val. Where the dataset itself says what is held out, a held-out image can only leave its
 * part: all come into train, or into val where none is in train.
 */
export function onePart(parts: readonly SplitPart[], origin: Split['origin']): SplitPart {
  const countOf = (part: SplitPart): number => parts.filter((one) => one === part).length
  const present = splitParts.filter((part) => countOf(part) > 0)
  const [first = 'train'] = present
  if (origin !== 'seeded') return first
  return present.reduce((best, part) => (countOf(part) > countOf(best) ? part : best), first)
}
