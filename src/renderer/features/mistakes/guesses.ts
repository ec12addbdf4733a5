/** The first answers of a prediction by name, and its label where it is not among them. Pure. */
import type { Prediction } from '../../../contract/entities/run'

export interface LabelledGuess {
  readonly classIndex: number
  readonly name: string
  readonly probability: number
  readonly isLabel: boolean
}

export function guessesOf(prediction: Prediction, classNames: readonly string[]): LabelledGuess[] {
  const { top, labelIndex, labelProbability } = prediction
  const guess = (classIndex: number, probability: number): LabelledGuess => ({
    classIndex,
    name: classNames[classIndex] ?? `class ${classIndex}`,
    probability,
    isLabel: classIndex === labelIndex,
  })
  const guesses = top.map(({ classIndex, probability }) => guess(classIndex, probability))
  return guesses.some(({ isLabel }) => isLabel) ? guesses : [...guesses, guess(labelIndex, labelProbability)]
}
