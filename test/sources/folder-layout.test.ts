import { describe, expect, it } from 'vitest'
import type { FolderChoice, SplitPart } from '../../src/contract/entities/dataset'
import { recognizeLayout } from '../../src/main/sources/folder-layout'
import { classOfFolder, placePath } from '../../src/main/sources/folder-place'

/** 'Training/cat 2' stands for two images in that folder. */
function images(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    const [, name = '', count = '1'] = /^(.*?)(?: (\d+))?$/.exec(folder) ?? []
    return Array.from(
      { length: Number(count) },
      (_, index) => `${name === '' ? '' : `${name}/`}${String(index)}.jpg`,
    )
  })
}

/** Of each folder what it was read as: 'part/class', a class, or '-' where its images are left out; or the question. */
function read(folders: readonly string[], choice: FolderChoice | null = null): string {
  const layout = recognizeLayout(images(...folders), choice)
  if ('unclear' in layout) return `? ${layout.unclear}`
  const placed = folders.map((folder) => {
    const { className, part } = placePath(images(folder)[0] ?? '', layout)
    return className === null ? '-' : part === null ? className : `${part}/${className}`
  })
  return placed.join(' ')
}

function split(train: string, test: string): string[] {
  return [`${train}/cat`, `${train}/dog`, `${test}/cat`, `${test}/dog`]
}

describe('parts', () => {
  it.each([
    ['train', 'test'],
    ['Training', 'Testing'],
    ['train_set', 'test_set'],
    ['TrainSet', 'TestSet'],
    ['trainset', 'testset'],
    ['images_train', 'images_test'],
    ['train-images', 'test-images'],
    ['seg_train/seg_train', 'seg_test/seg_test'],
    ['seg_train', 'seg_test/seg_test'],
    ['train/images', 'test/images'],
    ['train2017', 'test2017'],
    ['dataset/train', 'dataset/test'],
    ['dataset/dataset/train', 'dataset/dataset/test'],
    ['archive/The Data/Training Data', 'archive/The Data/Test Data'],
    ['chest_xray_train', 'chest_xray_test'],
  ])('%s and %s are parts, and the folders in them the classes', (train, test) => {
    expect(read(split(train, test))).toBe('train/cat train/dog test/cat test/dog')
  })

  it.each(['val', 'valid', 'Validation', 'val_set', 'validation_data'])('%s is the val part', (name) => {
    expect(read([...split('train', 'test'), `${name}/cat`])).toContain('test/dog val/cat')
  })

  it('are recognized beside a folder that has nothing to do with them, which is left out', () => {
    const folders = [...split('train', 'test'), 'val/dog', 'docs', 'figures/paper']
    expect(read(folders)).toBe('train/cat train/dog test/cat test/dog val/dog - -')
  })

  it('are recognized in a folder beside others, where most of the images are', () => {
    expect(read([...split('data/train', 'data/test'), 'docs'])).toBe(
      'train/cat train/dog test/cat test/dog -',
    )
  })

  it('may be one alone, or lack classes, or hold folders below the classes', () => {
    expect(read(['train/cat', 'train/dog'])).toBe('train/cat train/dog')
    expect(read(['train/cat', 'train/dog/deep/deeper', 'test/dog'])).toBe('train/cat train/dog test/dog')
    expect(read(['train/cat', 'train/dog', 'test'])).toBe('train/cat train/dog -')
  })

  it('may lie in each class', () => {
    expect(read(['cat/train', 'cat/test', 'dog/train', 'dog/test', 'dog/test'])).toBe(
      'train/cat test/cat train/dog test/dog test/dog',
    )
  })

  it('are the same in both Unicode forms of a name', () => {
    expect(read(['train/caf\u00e9', 'train/dog', 'test/cafe\u0301'])).toBe(
      'train/caf\u00e9 train/dog test/caf\u00e9',
    )
  })
})

describe('classes', () => {
  it('are the top folders, with what is below them', () => {
    expect(read(['cat', 'dog/poodles/black', 'dog'])).toBe('cat dog dog')
    expect(read(['cat/photos', 'dog/photos'])).toBe('cat dog')
    expect(read(['cat/2019', 'dog/2020', 'owl'])).toBe('cat dog owl')
  })

  it('may have names with the word of a part in them, or one that is a part', () => {
    expect(read(['toy_train/steam', 'test tube/glass', 'car/red'])).toBe('toy_train test tube car')
    expect(read(['bus', 'car', 'train'])).toBe('bus car train')
  })

  it('are found in folders that hold nothing else', () => {
    expect(read(['photos/cat', 'photos/dog'])).toBe('cat dog')
    expect(read(['archive/photos/cat', 'archive/photos/dog/x'])).toBe('cat dog')
  })
})

describe('what can be read in two ways is asked, and read as chosen', () => {
  it('folders named as parts, with the images right in them', () => {
    expect(read(['train', 'test'])).toBe(
      '? The images are right in folders that are named as parts ("train" and "test"), without a folder for each class.',
    )
    expect(read(['train', 'test'], 'classes')).toBe('train test')
    expect(read(['images/train', 'images/val'])).toMatch(/^\? The images are right in folders/)
  })

  it('one folder named as a part among others', () => {
    const folders = ['train/steam', 'train/diesel', 'car', 'bus']
    expect(read(folders)).toBe('? Of the folders "train", "car" and "bus", only "train" is named as a part.')
    expect(read(folders, 'classes')).toBe('train train car bus')
    expect(read(folders, 'parts')).toBe('train/steam train/diesel - -')
  })

  it('parts beside a folder with the same classes', () => {
    const folders = [...split('train', 'test'), 'extra/cat']
    expect(read(folders)).toBe(
      '? The folders "train" and "test" are named as parts; "extra" has the same folders in it and is not.',
    )
    expect(read(folders, 'parts')).toBe('train/cat train/dog test/cat test/dog cat')
    expect(read(folders, 'classes')).toBe('train train test test extra')
  })

  it('folders that share the names of their folders, none named as a part', () => {
    const folders = ['apple/healthy', 'apple/rust', 'corn/healthy', 'corn/rust']
    expect(read(folders)).toBe(
      '? The folders "apple" and "corn" have folders of the same names in them ("healthy" and "rust").',
    )
    expect(read(folders, 'classes')).toBe('apple apple corn corn')
    expect(read(folders, 'parts')).toBe('healthy rust healthy rust')
  })

  it('parts beside which most of the images are, or with no class in common', () => {
    expect(read([...split('train', 'test'), 'bus 20', 'car 20'])).toMatch(
      /^\? .* most images are in "bus" and "car"\.$/,
    )
    expect(read(['train/cat', 'test/dog', 'docs'])).toMatch(
      /^\? .* have no folder of the same name in them\.$/,
    )
  })

  it('two datasets with parts of their own: one can be imported alone', () => {
    const layout = recognizeLayout(images(...split('v1/train', 'v1/test'), ...split('v2/train', 'v2/test')))
    expect(layout).toMatchObject({
      unclear: expect.stringContaining('have parts in them') as unknown,
      instead: ['v1', 'v2'],
    })
  })
})

describe('a folder', () => {
  it('is a class where images in it would be of that class', () => {
    const layout = recognizeLayout(images(...split('data/seg_train/seg_train', 'data/seg_test')))
    if ('unclear' in layout) throw new Error(layout.unclear)
    const names = [
      'data',
      'data/seg_train',
      'data/seg_train/seg_train',
      'data/seg_train/seg_train/cat',
      'data/seg_test/owl',
    ]
    expect(names.map((name) => classOfFolder(name, layout))).toEqual(['', '', '', 'cat', 'owl'])
    const parts: (SplitPart | null)[] = [placePath('data/seg_test/owl/1.jpg', layout).part]
    expect(parts).toEqual(['test'])
  })
})
