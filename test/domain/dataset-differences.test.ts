import { describe, expect, it } from 'vitest'
import { datasetDifferences, renamedClasses, type ListedImage } from '../../src/domain/dataset-differences'
import { differenceText } from '../../src/domain/difference-words'

const image = (
  key: string,
  contentHash: string,
  folderPart: ListedImage['folderPart'] = null,
): ListedImage => ({
  key,
  contentHash,
  className: key.split('/')[0] ?? '',
  folderPart,
  linkTarget: null,
})
const said = (before: ListedImage[], after: ListedImage[]) =>
  datasetDifferences(before, after).map(({ kind, before: was, after: is }) => [
    kind,
    was === null ? null : before[was]?.key,
    is === null ? null : after[is]?.key,
  ])

describe('what differs between two lists of images', () => {
  it('is nothing where the same images come in another order', () => {
    const images = [image('a/1', 'x'), image('a/2', 'y')]
    expect(said(images, [...images].reverse())).toEqual([])
  })

  it('is told apart: new, gone, changed, moved', () => {
    expect(
      said(
        [image('a/1', 'x'), image('a/2', 'y'), image('a/3', 'z'), image('a/4', 'same')],
        [image('a/1', 'X'), image('b/2', 'y'), image('b/9', 'n'), image('a/4', 'same')],
      ),
    ).toEqual([
      ['changed', 'a/1', 'a/1'],
      ['moved', 'a/2', 'b/2'],
      ['new', null, 'b/9'],
      ['gone', 'a/3', null],
    ])
  })

  it('takes a copy beside its original for new, and of two equal ones that went away moves each once', () => {
    expect(said([image('a/1', 'x')], [image('a/1', 'x'), image('a/2', 'x')])).toEqual([['new', null, 'a/2']])
    expect(said([image('a/1', 'x'), image('a/2', 'x')], [image('b/1', 'x')])).toEqual([
      ['moved', 'a/1', 'b/1'],
      ['gone', 'a/2', null],
    ])
  })

  it('has a kind of its own where the same file gets another class or part', () => {
    const before = image('list/1', 'x', 'train')
    expect(said([before], [{ ...before, className: 'other' }])).toEqual([['relabelled', 'list/1', 'list/1']])
    expect(said([before], [{ ...before, folderPart: 'test' }])).toEqual([['relabelled', 'list/1', 'list/1']])
  })

  it('is a move where a link leads to another file of the same content', () => {
    const link = { ...image('a/1', 'x'), linkTarget: '/pool/1' }
    expect(said([link], [{ ...link, linkTarget: '/pool/2' }])).toEqual([['moved', 'a/1', 'a/1']])
    expect(said([link], [{ ...link, linkTarget: null }])).toEqual([['moved', 'a/1', 'a/1']])
    expect(said([link], [link])).toEqual([])
  })

  it('tells a renamed class from classes that were divided or joined', () => {
    const renamed = (before: ListedImage[], after: ListedImage[]) =>
      Object.fromEntries(renamedClasses(before, after, datasetDifferences(before, after)))
    const [one, two] = [image('a/1', 'x'), image('a/2', 'y')]
    expect(renamed([one, two], [image('b/1', 'x'), image('b/2', 'y'), image('b/3', 'new')])).toEqual({
      b: 'a',
    })
    expect(renamed([one, two], [image('b/1', 'x'), image('c/2', 'y')])).toEqual({})
    expect(renamed([one, image('z/1', 'z')], [image('b/1', 'x'), image('b/2', 'z')])).toEqual({})
    expect(renamed([one, two], [one, image('b/2', 'y')])).toEqual({})
    expect(renamed([one, image('z/1', 'z')], [image('z/2', 'x'), image('z/1', 'z')])).toEqual({})
  })

  it('is counted in words, without what there is none of', () => {
    expect(differenceText({ new: 1200, gone: 0, changed: 3, moved: 0, relabelled: 2 })).toBe(
      '1,200 new, 3 changed, 2 in another class or part',
    )
    expect(differenceText({ new: 0, gone: 0, changed: 0, moved: 0, relabelled: 0 })).toBe('')
  })
})
