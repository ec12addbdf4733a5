import { describe, expect, it } from 'vitest'
import { cutPath, joinPath } from '../../src/renderer/paths'
import { placeInView } from '../../src/renderer/state/place-in-view'

describe('a path that is being written', () => {
  it.each([
    ['/home/me/Flo', '/home/me', 'flo'],
    ['/home/me/', '/home/me', ''],
    ['/ho', '/', 'ho'],
    ['flo', '', 'flo'],
    ['C:\\data\\Flo', 'C:\\data', 'flo'],
    ['C:\\da', 'C:\\', 'da'],
  ])('%s is in the folder %j and begins a name with %j', (path, folder, start) => {
    expect(cutPath(path)).toEqual({ folder, start })
  })

  it.each([
    ['/home/me', 'a', '/home/me/a'],
    ['/', 'a', '/a'],
    ['C:\\', 'a', 'C:\\a'],
    ['C:\\data', 'a', 'C:\\data\\a'],
  ])('%s and %s make %s', (folder, name, path) => {
    expect(joinPath(folder, name)).toBe(path)
  })
})

describe('what is in view', () => {
  it('is the image in hand, else what the address names', () => {
    expect(placeInView('datasets', 3, 7)).toEqual({ kind: 'image', id: 7 })
    expect(placeInView('datasets', 3, null)).toEqual({ kind: 'dataset', id: 3 })
    expect(placeInView('mistakes', 2, null)).toEqual({ kind: 'run', id: 2 })
    expect(placeInView('runs', 2, null)).toEqual({ kind: 'run', id: 2 })
  })

  it('is nothing where nothing of its own lies on the disk', () => {
    expect(placeInView('datasets', null, null)).toBeNull()
    expect(placeInView('engine', null, null)).toBeNull()
  })
})
