/** What is shown of a run's predictions. */
export const viewNames = ['images', 'confusions', 'classes', 'confidence', 'slices'] as const
export type ViewName = (typeof viewNames)[number]

export const viewTitles: Readonly<Record<ViewName, string>> = {
  images: 'Images',
  confusions: 'Confusions',
  classes: 'Classes',
  confidence: 'Confidence',
  slices: 'Slices',
}
