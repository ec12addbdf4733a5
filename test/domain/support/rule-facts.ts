import type { RuleFacts } from '../../../src/domain/rules/rule-facts'

/** Of flowers17's sample and R50x1. */
export const flowersFacts: RuleFacts = {
  exampleCount: 476,
  classCount: 17,
  medianWidthPx: 500,
  medianHeightPx: 667,
  model: 'R50x1',
  seed: 0,
  microBatchSize: 64,
}
