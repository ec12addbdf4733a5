import { describe, expect, it } from 'vitest'
import { classNow, labelFinder } from '../../../src/domain/labels/find-label'
import { foldLabels, identityOf, type LabelEvent, type LabelLog } from '../../../src/domain/labels/label-log'
import fc from '../../support/properties'

type Said = Partial<Omit<LabelEvent, 'id'>> & { readonly key?: string }

/** Entries of a log; each is a group of its own unless it says of which it is. */
function log(...said: readonly Said[]): LabelLog {
  return foldLabels(
    said.map(({ key = 'a.jpg', ...more }, index): LabelEvent => {
      const isUndo = more.kind === 'undo' || more.kind === 'redo'
      return {
        id: index + 1,
        groupId: index + 1,
        image: isUndo ? null : { imageId: 1, key, contentHash: 'c0' },
        kind: 'label',
        from: 'elm',
        value: '',
        undoes: null,
        ...more,
      }
    }),
  )
}

function stateOf({ states }: LabelLog, key = 'a.jpg') {
  return states.get(identityOf({ key, contentHash: 'c0' }))
}

describe('a log of corrections', () => {
  it('says the last class, whether an image is excluded, its note and its tags', () => {
    const found = log(
      { value: 'oak' },
      { value: 'ash', from: 'oak' },
      { kind: 'exclude' },
      { kind: 'note', value: 'a leaf' },
      { kind: 'tag', value: 'hard' },
      { kind: 'tag', value: 'dark' },
      { kind: 'untag', value: 'hard' },
    )
    expect(stateOf(found)).toMatchObject({
      className: 'ash',
      sourceClass: 'elm',
      excluded: true,
      note: 'a leaf',
      tags: ['dark'],
    })
    expect(found.revision).toBe(7)
  })

  it('takes back a whole group by one undo, and does it again by one redo', () => {
    const group = [
      { groupId: 1, value: 'oak' },
      { groupId: 1, value: 'oak', key: 'b.jpg' },
    ]
    const undone = log(...group, { kind: 'undo', undoes: 1 })
    expect([stateOf(undone)?.className, stateOf(undone, 'b.jpg')?.className]).toEqual([null, null])
    expect(undone).toMatchObject({ undo: null, redo: 3 })
    const again = log(...group, { kind: 'undo', undoes: 1 }, { kind: 'redo', undoes: 3 })
    expect([stateOf(again)?.className, stateOf(again, 'b.jpg')?.className]).toEqual(['oak', 'oak'])
    expect(again).toMatchObject({ undo: 1, redo: null })
  })

  it('has nothing to do again once something else was changed', () => {
    const found = log({ value: 'oak' }, { kind: 'undo', undoes: 1 }, { value: 'ash' })
    expect(found).toMatchObject({ undo: 3, redo: null })
  })

  it('comes to the same by any undos and redos as a list of changes with a cursor does', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('change', 'undo', 'redo'), { maxLength: 30 }), (steps) => {
        const said: Said[] = []
        let changes: string[] = []
        let cursor = 0
        for (const step of steps) {
          const now = log(...said)
          if (step === 'change') {
            const value = `class ${String(said.length)}`
            changes = [...changes.slice(0, cursor), value]
            cursor = changes.length
            said.push({ value })
          } else if (step === 'undo') {
            expect(now.undo === null).toBe(cursor === 0)
            if (now.undo === null) continue
            cursor--
            said.push({ kind: 'undo', undoes: now.undo })
          } else {
            expect(now.redo === null).toBe(cursor === changes.length)
            if (now.redo === null) continue
            cursor++
            said.push({ kind: 'redo', undoes: now.redo })
          }
          expect(stateOf(log(...said))?.className ?? null).toBe(changes[cursor - 1] ?? null)
        }
      }),
    )
  })
})

describe('what the log says of an image', () => {
  const { states } = log({ value: 'oak' })

  it('goes with a file that moved, and not to a copy of one that is still there', () => {
    const moved = { key: 'elsewhere/a.jpg', contentHash: 'c0' }
    expect(labelFinder(states, () => false)(moved)?.className).toBe('oak')
    expect(labelFinder(states, () => true)(moved)).toBeNull()
    expect(labelFinder(states, () => false)({ key: 'a.jpg', contentHash: 'c1' })).toBeNull()
  })

  it('is the class before, where a change that was taken in is undone', () => {
    const undone = stateOf(log({ value: 'oak' }, { kind: 'undo', undoes: 1 })) ?? null
    expect(classNow(undone, 'oak')).toBe('elm')
    expect(classNow(undone, 'ash')).toBe('ash')
    expect(classNow(undone, 'oak', true)).toBe('oak')
    expect(classNow(null, 'oak')).toBe('oak')
  })
})
