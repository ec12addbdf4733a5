import { expect, it } from 'vitest'
import { lineageOf } from '../../src/main/runs/lineage'
import { takingInLabels } from '../../src/main/store/labels/label-version'
import { getDataset } from '../../src/main/store/datasets/datasets'
import { imageLayout } from '../../src/main/store/datasets/images'
import { addLabelEvents } from '../../src/main/store/labels/label-events'
import { getRun, insertRun } from '../../src/main/store/runs/runs'
import { addDataset, temporaryStore } from '../store/support/home'
import { newRun } from '../store/support/new-run'

it('puts a run behind its dataset and behind what it started from, and says once what several share', () => {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const splitId = getDataset(db, datasetId).split.id
  const add = (name: string, weights: string | null): number =>
    insertRun(db, { ...newRun(datasetId, splitId, name), weights })
  const first = add('first', 'embedded:bit-tiny')
  const second = add('second', `run:${String(first)}`)
  const orphan = add('orphan', 'run:99')
  const { nodes } = lineageOf(db, [second, orphan])
  const named = nodes.map(({ kind, name, layer, isAsked }) => [kind, name, layer, isAsked])
  expect(named).toEqual(
    expect.arrayContaining([
      ['run', 'second', 2, true],
      ['run', 'first', 1, false],
      ['run', 'orphan', 1, true],
      ['gone', 'run 99', 0, false],
      ['dataset', 'trees', 0, false],
    ]),
  )
  expect(nodes).toHaveLength(6)
  expect(() => lineageOf(db, [99])).toThrow()
})

it('says which corrections of the labels a run had', () => {
  const { db } = temporaryStore()
  const datasetId = addDataset(db)
  const { ids } = imageLayout(db, datasetId, {})
  const correct = (place: number, atMs: number): void => {
    const [imageId = 0, change] = [ids[place], { kind: 'label', className: 'oak' } as const]
    addLabelEvents(db, datasetId, { atMs, byWhom: 'test' }, [{ imageId, change, fromClass: 'elm' }])
  }
  const add = (name: string): number =>
    insertRun(db, newRun(datasetId, getDataset(db, datasetId).split.id, name))
  const of = (id: number) =>
    lineageOf(db, [id])
      .nodes.find(({ name }) => name === getRun(db, id).name)
      ?.facts.filter((fact) => fact.startsWith('label'))
  const before = add('before')
  expect(of(before)).toEqual([])
  correct(0, 5000)
  correct(1, 5001)
  for (const making = takingInLabels(db, datasetId, 6000); making.next().done !== true;);
  const after = add('after')
  correct(2, 7000)
  expect(of(before)).toEqual(['label revision 0, 3 since'])
  expect(of(after)).toEqual(['label revision 2, 1 since'])
})
