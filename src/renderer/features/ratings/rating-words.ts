/** Ratings in words. Pure. */
import {
  answers,
  type Answer,
  type JudgedImage,
  type Rating,
  type Shown,
  type Votes,
} from '../../../contract/entities/rating'
import { formatCount, formatPercent, plural } from '../../format'

export const shownNames: Readonly<Record<Shown, string>> = {
  words: 'Both words',
  blind: 'Blind A/B',
  image: 'Only the image',
}

export const shownHelp: Readonly<Record<Shown, string>> = {
  words: 'The prediction above, the label below, as in the paper.',
  blind: 'Two words in random order: nobody sees which is the model’s.',
  image: 'No word: the rater names the class.',
}

export const verdictNames: Readonly<Record<Answer, string>> = {
  prediction: 'Prediction better',
  label: 'Label better',
  both: 'Both',
  neither: 'Neither',
  unsure: 'Unsure',
}

/** Behind their number: 'all mistakes', 'mistakes at random, and 60 right predictions at random'. */
export function chosenWords({ spec: { choice } }: Rating): string {
  const asked = choice.query === '' ? 'mistakes' : `images of “${choice.query}”`
  const chosen = choice.sample === null ? `all ${asked}` : `${asked} at random`
  return choice.rest === 0 ? chosen : `${chosen}, and ${plural(choice.rest, 'right prediction')} at random`
}

/** '5 % come twice', 'none comes twice' */
export function controlWords({ controlCount, spec }: Rating): string {
  if (controlCount === 0) return 'none comes twice'
  return `${formatCount(controlCount)} (${formatPercent(spec.controls, 0)}) ${controlCount === 1 ? 'comes' : 'come'} twice`
}

/** '3 prediction, 1 label, 1 unsure' */
export function votesWords(votes: Votes): string {
  return votesIn(votes, (answer) => answer)
}

/** What the raters together say, and what each says: 'Label better: 2 label, 1 unsure', of a right prediction 'Not right: 2 not right'. */
export function verdictWords({ prediction, label, verdict, votes }: Omit<JudgedImage, 'imageId'>): string {
  if (verdict === null) return 'Not judged'
  const words: Partial<Record<Answer, string>> =
    prediction === label ? { both: 'right', neither: 'not right' } : {}
  const name = words[verdict] ?? verdictNames[verdict]
  const all = votesIn(votes, (answer) => words[answer] ?? answer)
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}: ${all}`
}

function votesIn(votes: Votes, wordOf: (answer: Answer) => string): string {
  return answers
    .filter((answer) => votes[answer] > 0)
    .map((answer) => `${votes[answer]} ${wordOf(answer)}`)
    .join(', ')
}

/** What a screen reader says of an image. It begins with the words on the screen. */
export function verdictSentence({ prediction, label, verdict, votes, path }: JudgedImage): string {
  const said =
    verdict === null ? 'not rated' : `${verdictNames[verdict].toLowerCase()} (${votesWords(votes)})`
  const mark = prediction === label && verdict === 'neither' ? ' not right' : ''
  return `${prediction} ${label}${mark}: prediction, label; ${said}. ${path}`
}

/** Which word has a colour: that of the side that is better, or both where neither is. */
export function wordTone(
  side: 'prediction' | 'label',
  verdict: Answer | null | undefined,
): '' | 'p' | 'l' | 'u' {
  if (verdict === null || verdict === undefined) return ''
  if (verdict !== 'prediction' && verdict !== 'label') return 'u'
  return verdict !== side ? '' : side === 'prediction' ? 'p' : 'l'
}
