/** Findings in words. Pure. */
import type { FindingKind } from '../../contract/entities/preflight'
import { formatCount } from '../figures'

export interface FindingFigures {
  readonly groupCount: number
  readonly imageCount: number
  readonly totalCount: number
  /** Held-out images with a twin in train. */
  readonly twins: { readonly val: number; readonly test: number }
  readonly leastCount: number
  readonly mostCount: number
}

export const findingTitles: Readonly<Record<FindingKind, string>> = {
  leak: 'Leaks between the parts',
  'conflicting-labels': 'Same image, different labels',
  'wrong-label': 'Likely wrong labels',
  'same-bytes': 'Exact duplicates',
  'same-image': 'Near-duplicates',
  similar: 'Similar images',
  'class-missing': 'Classes missing from a part',
  imbalance: 'Uneven classes',
  blank: 'Blank images',
  dark: 'Dark images',
  bright: 'Washed-out images',
  blurred: 'Blurred images',
  'odd-colours': 'Odd colours',
  'extreme-shape': 'Extreme shapes',
  'extreme-size': 'Extreme sizes',
}

/** What was found. */
export function findingSentence(kind: FindingKind, figures: FindingFigures): string {
  const { groupCount, imageCount, totalCount } = figures
  const groups = counted(groupCount, 'group')
  const images = counted(imageCount, 'image')
  const classes = counted(groupCount, 'class', 'classes')
  const ofAll = `${images} of ${formatCount(totalCount)}`
  const verb = imageCount === 1 ? 'is' : 'are'
  switch (kind) {
    case 'leak':
      return `${leakText(figures)} ${groups} of the same image in more than one part.`
    case 'conflicting-labels':
      return `${groups} of the same image with more than one label: at least one label of each is wrong.`
    case 'wrong-label':
      return `${ofAll} ${imageCount === 1 ? 'looks' : 'look'} more like another class to a model that was shown the others.`
    case 'same-bytes':
      return `${groups} of files with the same bytes, ${images} in all.`
    case 'same-image':
      return `${groups} of the same image, resized, cropped, mirrored or saved again: ${images} in all.`
    case 'similar':
      return `${groups} of images that are much alike, ${images} in all: shots of one scene, or look-alikes.`
    case 'class-missing':
      return `${classes} ${groupCount === 1 ? 'has' : 'have'} no image in one of the parts.`
    case 'imbalance':
      return `${classes} ${groupCount === 1 ? 'has' : 'have'} five times fewer or more images than the median class. The smallest has ${formatCount(figures.leastCount)}, the largest ${formatCount(figures.mostCount)}.`
    case 'blank':
      return `${ofAll} ${verb} of one colour from edge to edge.`
    case 'dark':
      return `${ofAll} ${verb} nearly black, and much darker than the rest.`
    case 'bright':
      return `${ofAll} ${verb} nearly white with little contrast, unlike the rest.`
    case 'blurred':
      return `${ofAll} ${imageCount === 1 ? 'has' : 'have'} far less detail than the rest.`
    case 'odd-colours':
      return `${ofAll} ${imageCount === 1 ? 'is' : 'are'} grey where the rest has colours, or the other way round.`
    case 'extreme-shape':
      return `${ofAll} ${verb} much longer or higher than the rest: squeezed into a square, little of the shape stays.`
    case 'extreme-size':
      return `${ofAll} ${verb} much smaller or larger than the rest.`
  }
}

/** Why it matters, and what can be done. */
export const findingAdvice: Readonly<Record<FindingKind, string>> = {
  leak: 'A test on images that the model has trained on measures memory. Move each group into one part.',
  'conflicting-labels': 'Look at each group and correct its labels, or exclude the images that are wrong.',
  'wrong-label':
    'The surest come first. The percentage weighs what the image looks like against its label. Correct the labels that are wrong; ignore those that are right, and they are counted no longer.',
  'same-bytes': 'Copies count double in training and in accuracy. Exclude all but one of each group.',
  'same-image': 'Copies count double in training and in accuracy. Exclude all but one of each group.',
  similar: 'Look at them: if they are shots of one scene, they belong into one part.',
  'class-missing': 'Without images in val or test, nothing is known of the class. Choose another split.',
  imbalance: 'Rare classes are learned last. Add images, or look at the balanced accuracy of the run.',
  blank: 'They teach nothing. Exclude them, or mend the files.',
  dark: 'Look whether their subject can be recognized; exclude those where it cannot.',
  bright: 'Look whether their subject can be recognized; exclude those where it cannot.',
  blurred: 'Look whether their subject can be recognized; exclude those where it cannot.',
  'odd-colours': 'If one class has most of them, the model learns the colours. Look at their classes.',
  'extreme-shape': 'Look whether they are banners or strips; exclude those that show no subject.',
  'extreme-size': 'Small ones are blurred by enlarging. Exclude thumbnails and icons.',
}

function leakText({ twins: { val, test } }: FindingFigures): string {
  if (val + test === 0) return ''
  const parts = [
    test > 0 ? counted(test, 'test image') : '',
    val > 0 ? counted(val, 'val image') : '',
  ].filter((part) => part !== '')
  return `${parts.join(' and ')} ${val + test === 1 ? 'has' : 'have'} a twin in train.`
}

function counted(count: number, one: string, several = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : several}`
}
