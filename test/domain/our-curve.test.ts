import { describe, expect, it } from 'vitest'
import { ourCurve } from '../../src/domain/our-curve'

describe('a metric of another program', () => {
  it.each([
    ['loss', 'loss train'],
    ['train/loss', 'loss train'],
    ['train_loss_epoch', 'loss train'],
    ['val/loss', 'loss val'],
    ['evalLoss', 'loss val'],
    ['acc', 'accuracy batch'],
    ['validation accuracy', 'accuracy val'],
    ['train/learning_rate', 'rate rate'],
    ['LR', 'rate rate'],
  ])('%s is our %s', (name, ours) => {
    expect(ourCurve(name)).toBe(ours)
  })

  it.each(['test/loss', 'box_loss', 'gpu/utilization', 'lr-Adam', 'val/lr', ''])('%s is its own', (name) => {
    expect(ourCurve(name)).toBeNull()
  })
})
