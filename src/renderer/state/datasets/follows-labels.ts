/** Whether a query may find others once the labels of images changed: whether it asks for what was corrected. Pure. */
export function followsLabels(query: string): boolean {
  return /\b(?:(?:is|tag|note):|doubt\b)/i.test(query)
}
