/** What was evaluated, in words. Pure. */
import type { SplitPart } from '../../../contract/entities/dataset'
import type { OpenableSet } from '../../../contract/entities/prediction-set'
import { isolated } from '../../../domain/names'
import { formatCount, plural } from '../../format'

type Named = Pick<
  OpenableSet,
  'part' | 'checkpointStep' | 'isResult' | 'datasetName' | 'rowCount' | 'partCount' | 'other'
>

/** 'test, after step 421 (results)', 'others, all images, after step 421', 'train, out of fold' */
export function setName({
  part,
  checkpointStep,
  isResult,
  datasetName,
  rowCount,
  partCount,
  other,
}: Named): string {
  const step = `after step ${formatCount(checkpointStep)}`
  if (other?.kind === 'out-of-fold') return `${part}, out of fold`
  if (other !== null) return `${datasetName}, ${other.isWhole ? 'all images' : part}, ${step}`
  const sample = part === 'train' && rowCount < partCount ? ' (a sample)' : ''
  return `${part}${sample}, ${step}${isResult ? ' (results)' : ''}`
}

/** What must be known to read its figures; '' where nothing must. */
export function setNote(
  { part, other, datasetId }: Pick<OpenableSet, 'part' | 'other' | 'datasetId'>,
  /** Whose train part the run learned from. */
  ownDatasetId: number,
): string {
  if (other === null)
    return part === 'train'
      ? 'The run learned from these images: what it knows by heart is not right. Out of fold says more of their labels.'
      : ''
  if (other.kind === 'out-of-fold')
    return 'Out of fold: each image was predicted by a probe on features that had not seen it or its duplicates, not by this run. So a label that was learned by heart is not right.'
  const { unmappedCount, unreadCount, mapping, isWhole } = other
  const unused = mapping.filter(([, to]) => to === null).length
  const parts = [
    ...(datasetId === ownDatasetId && (isWhole || part === 'train')
      ? ['Among these are images that the run learned from']
      : []),
    ...(unmappedCount > 0
      ? [`${plural(unmappedCount, 'image')} left out, whose class the model does not have`]
      : []),
    ...(unreadCount > 0 ? [`${plural(unreadCount, 'image')} could not be read`] : []),
    ...(unused > 0 ? [`${plural(unused, 'class', 'classes')} of the model left out`] : []),
  ]
  return parts.length === 0 ? '' : `${parts.join('; ')}.`
}

/** The part of the run's dataset that the set is of; null: it has other images, so that the results of other runs are no measure for it. */
export function partOfRun(
  set: Pick<OpenableSet, 'part' | 'other' | 'datasetId'> | null,
  ownDatasetId: number,
): SplitPart | null {
  return set === null || set.datasetId !== ownDatasetId || set.other?.isWhole === true ? null : set.part
}

/** Classes that are called otherwise in the model and in the dataset: 'red_oak → oak'. */
export function renamedClasses({ other }: Pick<OpenableSet, 'other'>): string[] {
  return (other?.mapping ?? []).flatMap(([from, to]) =>
    to === null || to === from ? [] : [`${isolated(from)} → ${isolated(to)}`],
  )
}
