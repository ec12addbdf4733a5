import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { addressOf } from '../../src/main/sources/sources'
import { makeImages, imageBytes, scan } from '../datasets/support/scan-helpers'
import { temporaryFolder, writeTree } from '../images/support/images'
import { fixtures, otherCounts, ourCounts } from './support/other-tools'

beforeAll(makeImages)

async function folderWith(files: Readonly<Record<string, Buffer | string>>): Promise<string> {
  const folder = temporaryFolder()
  await writeTree(folder, files)
  return folder
}

async function found(path: string) {
  const { images, classNames, problems } = await scan(path)
  return {
    kind: (await addressOf(path)).kind,
    images: images.map(
      ({ key, classIndex, folderPart }) => `${key} ${classNames[classIndex] ?? ''} ${folderPart ?? '-'}`,
    ),
    problems: problems
      .filter(({ code }) => code !== 'class-missing-from-split')
      .map(({ severity, path: at, message }) => `${severity} ${at} — ${message}`),
  }
}

describe('boxes that another tool wrote', () => {
  it.each([
    ['coco', 'coco/annotations/instances_train.json'],
    ['coco', 'coco-flat/_annotations.coco.json'],
    ['voc', 'voc'],
    ['voc', 'voc-flat'],
    ['yolo', 'yolo'],
    ['yolo', 'yolo-parts/data.yaml'],
  ])('have the counts of that tool (%s): %s', async (kind, path) => {
    const [name = ''] = path.split('/')
    expect(await ourCounts(join(fixtures, 'boxes', path))).toEqual({ kind, ...otherCounts(name) })
  })
})

describe('a file of annotations as COCO has them', () => {
  const annotation = (image_id: number, category_id: number, ...bbox: number[]) => ({
    image_id,
    category_id,
    bbox,
  })
  const whole = {
    annotations: [
      annotation(1, 7, 0, 0, 2, 2),
      annotation(1, 8, 0, 0, 3, 2),
      annotation(2, 8, 0, 0, 1, 1),
      annotation(2, 8, 0, 0, -1, 1),
      annotation(4, 9, 0, 0, 1, 1),
      annotation(5, 7, 0, 0, 1, 1),
      annotation(6, 7, 0, 0, 1, 1),
    ],
    info: { year: 2026 },
    images: [
      { id: 1, file_name: '1.jpg' },
      { id: 2, file_name: 'inner/2.jpg' },
      { id: 3, file_name: '3.jpg' },
      { id: 4, file_name: '4.jpg' },
      { id: 5, file_name: '../../5.jpg' },
      { id: 6, file_name: 'gone.jpg' },
      { file_name: 'nameless.jpg' },
    ],
    categories: [
      { id: 7, name: 'cat' },
      { id: 8, name: 'dog' },
    ],
  }
  const tree = (text: string, at = 'annotations/instances.json') => ({
    'photos/1.jpg': imageBytes(0),
    'photos/inner/2.jpg': imageBytes(1),
    'photos/3.jpg': imageBytes(2),
    'photos/4.jpg': imageBytes(3),
    [at]: text,
  })

  it('gives each image the class of its largest box, and says what was left out and why', async () => {
    const folder = await folderWith(
      tree(JSON.stringify({ ...whole, annotations: [...whole.annotations, annotation(3, 7, 0, 0, 0, 5)] })),
    )
    expect(await found(join(folder, 'annotations/instances.json'))).toEqual({
      kind: 'coco',
      images: ['photos/1.jpg dog -', 'photos/inner/2.jpg dog -', 'photos/3.jpg cat -'],
      problems: [
        'error ../../5.jpg — Image 5: “../../5.jpg” leads out of the folder of the file. Put the file into the folder that all its images are in.',
        'error 4.jpg — Image 4: its category 9 is not among the categories.',
        "error instances.json — 1 entries do not have what COCO's have (ids, file_name, category_id), and were passed over.",
        'error photos/gone.jpg — Image 6: the file cannot be read: it no longer exists.',
        'note instances.json — One image has boxes of several classes. Each image takes the class of its largest box.',
        'note photos/3.jpg — Image 3: a box has no area or is not finite. It was left out.',
        'note photos/inner/2.jpg — Image 2: a box has no area or is not finite. It was left out.',
      ],
    })
  })

  it.each([
    ['', 'path-not-readable', 'it is cut off'],
    ['{"images": [{"id": 1', 'path-not-readable', 'it is cut off'],
    ['{"type": "FeatureCollection", "features": [{}]}', 'bad-input', 'it has no “images”'],
    [
      '{"images": [{"id": 1, "file_name": "1.jpg"}], "categories": [], "annotations": []}',
      'bad-input',
      'it has no “annotations”',
    ],
  ])('is refused in words where it is none: %j', async (text, code, message) => {
    const folder = await folderWith(tree(text))
    await expect(scan(join(folder, 'annotations/instances.json'))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as unknown,
    })
  })

  it('may be one of several in a folder of parts', async () => {
    const one = (name: string, category: string) =>
      JSON.stringify({
        images: [{ id: 1, file_name: name }],
        annotations: [annotation(1, 7, 0, 0, 2, 2)],
        categories: [{ id: 7, name: category }],
      })
    const beside = await folderWith({
      'train/1.jpg': imageBytes(0),
      'train/_annotations.coco.json': one('1.jpg', 'cat'),
      'valid/1.jpg': imageBytes(1),
      'valid/_annotations.coco.json': one('1.jpg', 'dog'),
    })
    expect(await found(beside)).toEqual({
      kind: 'coco-folder',
      images: ['train/1.jpg cat train', 'valid/1.jpg dog val'],
      problems: [],
    })
    const apart = await folderWith({
      'train2017/1.jpg': imageBytes(0),
      'annotations/instances_train2017.json': one('1.jpg', 'cat'),
      'annotations/captions_train2017.json': '{}',
      'val2017/2.jpg': imageBytes(1),
      'annotations/instances_val2017.json': one('2.jpg', 'dog'),
    })
    expect(await found(apart)).toEqual({
      kind: 'coco-folder',
      images: ['train2017/1.jpg cat train', 'val2017/2.jpg dog val'],
      problems: [],
    })
  })

  it('opens nothing through a folder that is a link out of its own', async () => {
    const folder = await folderWith(tree(JSON.stringify(whole), 'all.json'))
    const outside = await folderWith({ 'inner/2.jpg': imageBytes(4) })
    await symlink(join(outside, 'inner'), join(folder, 'photos/out'))
    const text = JSON.stringify({
      ...whole,
      images: [
        { id: 1, file_name: '1.jpg' },
        { id: 2, file_name: 'out/2.jpg' },
        { id: 5, file_name: '3.jpg' },
      ],
    })
    await writeTree(folder, { 'all.json': text })
    const { images, problems } = await found(join(folder, 'all.json'))
    expect(images).toEqual(['photos/1.jpg dog -', 'photos/3.jpg cat -'])
    expect(problems[0]).toContain('a folder above it is a link to')
  })
})

describe('a folder with annotations as Pascal VOC has them', () => {
  const xml = (filename: string, ...objects: readonly (readonly [string, number])[]): string =>
    `<annotation>\n<filename>${filename}</filename>${objects
      .map(
        ([name, side]) =>
          `<object><name>${name}</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>${String(side)}</xmax><ymax>${String(side)}</ymax></bndbox></object>`,
      )
      .join('')}</annotation>`

  it('gives each image the class of its largest object and the part of the lists', async () => {
    const folder = await folderWith({
      'JPEGImages/a & b.jpg': imageBytes(0),
      'JPEGImages/2.jpg': imageBytes(1),
      'JPEGImages/3.jpg': imageBytes(2),
      'JPEGImages/4.jpg': imageBytes(3),
      'Annotations/1.xml': xml('a &amp; b.jpg', ['cat', 5], ['dog', 9], ['cat', 6]),
      'Annotations/2.xml': `\ufeff${xml('C:\\old\\other name.png', ['cat', 5])}`.replaceAll('\n', '\r\n'),
      'Annotations/3.xml': xml('3.jpg'),
      'Annotations/bad.xml': '<annotation>\n<filename>4.jpg</file></annotation>',
      'Annotations/deep.xml': `${'<a>'.repeat(200)}${'</a>'.repeat(200)}`,
      'Annotations/bomb.xml':
        '<!DOCTYPE a [<!ENTITY b "bbbb">]><annotation><filename>&b;</filename></annotation>',
      'Annotations/gone.xml': xml('gone.jpg', ['cat', 5]),
      'Annotations/twice.xml': xml('2.jpg', ['dog', 50]),
      'Annotations/wide.xml': Buffer.from(xml('4.jpg', ['K\xe4fer', 5]), 'latin1'),
      'ImageSets/Main/train.txt': '1\n',
      'ImageSets/Main/test.txt': '2\r\n3\r\n',
      'ImageSets/Main/cat_train.txt': '2 -1\n',
    })
    expect(await found(folder)).toEqual({
      kind: 'voc',
      images: ['JPEGImages/a & b.jpg dog train', 'JPEGImages/2.jpg cat test'],
      problems: [
        "error Annotations/bad.xml — Line 2: it is not valid XML. Expected closing tag 'filename' (opened in line 2, col 1) instead of closing tag 'file'.",
        'error Annotations/bomb.xml — It declares a document type or entities, which annotations do not need. It was not read.',
        'error Annotations/deep.xml — It cannot be read: Maximum nested tags exceeded',
        'error Annotations/gone.xml — Its image is not there.',
        'error Annotations/twice.xml — Its image JPEGImages/2.jpg has another annotation.',
        'error Annotations/wide.xml — It cannot be read as text in UTF-8: The encoded data was not valid for encoding utf-8',
        'error JPEGImages/3.jpg — It has no box, and so no class.',
        'error JPEGImages/4.jpg — It has no annotation that can be used.',
        'note  — One image has boxes of several classes. Each image takes the class of its largest box.',
      ],
    })
  })

  it('may have the annotations beside the images, in parts', async () => {
    const folder = await folderWith({
      'train/1.jpg': imageBytes(0),
      'train/1.xml': xml('1.jpg', ['cat', 5]),
      'valid/1.jpg': imageBytes(1),
      'valid/1.xml': xml('1.jpg', ['dog', 5]),
    })
    expect(await found(folder)).toEqual({
      kind: 'voc',
      images: ['train/1.jpg cat train', 'valid/1.jpg dog val'],
      problems: [],
    })
  })

  it('is none where the folder only has classes and some XML', async () => {
    const folder = await folderWith({
      'cat/1.jpg': imageBytes(0),
      'dog/1.jpg': imageBytes(1),
      'about.xml': '<a/>',
    })
    expect((await addressOf(folder)).kind).toBe('folder')
  })
})

describe('a folder as YOLO has it', () => {
  const yaml =
    'path: ../datasets/pets # where it was\ntrain: images/train\nval: ../valid/images\nnames:\n  0: cat\n  1: dog\n'
  const tree = () => ({
    'images/train/1.jpg': imageBytes(0),
    'labels/train/1.txt': '0 0.5 0.5 0.1 0.1\n1 0.5 0.5 0.2 0.1\n',
    'images/train/2.jpg': imageBytes(1),
    'labels/train/2.txt': '0 0.1 0.1 0.9 0.1 0.9 0.9\r\n',
    'valid/images/3.jpg': imageBytes(2),
    'valid/labels/3.txt': '1 0.5 0.5 0.2 0.1',
  })

  it('gives each image the class of its largest box or polygon, wherever its paths once led', async () => {
    const folder = await folderWith({ ...tree(), 'data.yaml': yaml })
    const all = {
      kind: 'yolo',
      images: ['images/train/1.jpg dog train', 'images/train/2.jpg cat train', 'valid/images/3.jpg dog val'],
      problems: [
        'note data.yaml — One image has boxes of several classes. Each image takes the class of its largest box.',
      ],
    }
    expect(await found(folder)).toEqual(all)
    expect(await found(join(folder, 'data.yaml'))).toEqual(all)
  })

  it('leaves out images without boxes, and says which lines are wrong', async () => {
    const folder = await folderWith({
      ...tree(),
      'images/train/4.jpg': imageBytes(3),
      'images/train/5.jpg': imageBytes(4),
      'labels/train/5.txt': '',
      'images/train/6.jpg': imageBytes(5),
      'labels/train/6.txt': '0 0.5 0.5 0.1 0.1\n7 0 0 0 0',
      'images/train/7.jpg': imageBytes(6),
      'labels/train/7.txt': '0 0.5 x 0.1 0.1',
      'data.yaml': yaml,
    })
    const { images, problems } = await found(folder)
    expect(images).toHaveLength(3)
    expect(problems.slice(0, 4)).toEqual([
      'error images/train/4.jpg — It has no box, and so no class.',
      'error images/train/5.jpg — It has no box, and so no class.',
      'error labels/train/6.txt — Line 2: there is no class 7 among the names.',
      'error labels/train/7.txt — Line 1: it needs x, y, width and height, or a polygon.',
    ])
  })

  it('reads a polygon of however many corners', async () => {
    const folder = await folderWith({
      ...tree(),
      'labels/train/2.txt': `0 0.1 0.1 ${'0 0 '.repeat(250_000)}0.9 0.9`,
      'data.yaml': yaml,
    })
    expect((await found(folder)).images).toContain('images/train/2.jpg cat train')
  })

  it('may list its images in a file, and its names in one line', async () => {
    const folder = await folderWith({
      ...tree(),
      'all.txt': './images/train/1.jpg\n./images/train/2.jpg\n../../etc/passwd\n',
      'data.yaml': 'names: [cat, dog]\ntrain: [all.txt]\nval: valid/images\n',
    })
    expect((await found(folder)).images).toHaveLength(3)
  })

  it.each([
    ['names: [cat\ntrain: images\n', /line 2, column 1: /],
    ['names: [cat]\ntrain: images\nnames: [dog]\n', /line 3, column 1: Map keys must be unique/],
    ['names: {0: cat, 0: dog}\ntrain: images\n', /Map keys must be unique/],
    ['names: 5\ntrain: images\n', /“names” is not what YOLO has there/],
    ['names: [cat]\ntrain: nowhere\n', /names the images “nowhere”, and there are none/],
    ['names: [cat]\ntrain: ../../../etc\n', /there are none/],
    [
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map(
          (name, at) =>
            `${name}: &${name} [${Array(9)
              .fill(`*${'abcdefg'[at] ?? ''}`)
              .join()}]\n`,
        )
        .join('')}names: *h\ntrain: images\n`,
      /refers to itself too often/,
    ],
  ])('is refused in words where data.yaml is wrong: %j', async (text, message) => {
    const folder = await folderWith({ ...tree(), 'data.yaml': text })
    await expect(scan(folder, { source: { kind: 'yolo', path: folder } })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message) as unknown,
    })
  })
})
