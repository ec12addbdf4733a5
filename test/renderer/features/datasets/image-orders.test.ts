import { describe, expect, it } from 'vitest'
import { readQuery } from '../../../../src/domain/query/bind'
import {
  imageOrderOf,
  imageOrders,
  withImageOrder,
} from '../../../../src/renderer/features/datasets/image-orders'

describe('the orders of a dataset', () => {
  it.each(imageOrders)('"%s" goes into the query and is read from it', (order) => {
    const query = withImageOrder('class:Iris sort:-aspect', order)
    expect(readQuery(query, 'images', { classNames: ['Iris'] }).faults).toEqual([])
    expect(imageOrderOf(query)).toBe(order)
  })

  it('are left alone where the query has another', () => {
    expect(imageOrderOf('sort:-aspect')).toBeNull()
    expect(imageOrderOf('sort:class,-width')).toBeNull()
    expect(imageOrderOf('class:Iris like:12')).toBeNull()
    expect(imageOrderOf('like:12 sort:path')).toBe('path')
  })
})
