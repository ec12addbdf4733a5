/** From which probability on a suggestion is worth a click. Pure. */

/** To be confirmed with others at once, nearly without a look. */
export const sureFrom = 0.8

/**
 * Half of the way from chance to certainty: 0.75 of two classes, 0.53 of seventeen. Below it a group of that name has about as many images to be taken out
 * as to be left in, and to press the key of a class costs less. Probabilities are as the probe's held-out labels bear them out (`sharpness`), so that one
 * that is right no more often than chance names nothing.
 */
export function namesFrom(classCount: number): number {
  return (1 + 1 / Math.max(1, classCount)) / 2
}
