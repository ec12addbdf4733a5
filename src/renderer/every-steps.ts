import { formatCount } from './format'

/** What is done every so many steps and after the last, in words: in a shorter run it is done at the end alone. */
export function everySteps(every: number, stepCount: number): string {
  return every < stepCount ? `every ${formatCount(every)} steps and at the end` : 'at the end'
}
