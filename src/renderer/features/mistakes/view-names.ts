/** What is shown of a run's predictions. */
export const viewNames = ['images', 'confidence'] as const
export type ViewName = (typeof viewNames)[number]

export const viewTitles: Readonly<Record<ViewName, string>> = {
  images: 'Images',
  confidence: 'Confidence',
}
