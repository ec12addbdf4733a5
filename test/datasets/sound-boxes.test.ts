/** Boxes as an import keeps them, of each format that has some. */
import { join } from 'node:path'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { soundBoxes } from '../../src/main/datasets/sound-boxes'
import { problemList } from '../../src/main/sources/problem-list'
import { temporaryFolder, writeTree } from '../images/support/images'
import { imageBytes, makeImages, scan } from './support/scan-helpers'

beforeAll(makeImages)

/** Of each image, by its key: `class x y width height`, with `crowd`. */
async function kept(files: Readonly<Record<string, Buffer | string>>, at = '') {
  const folder = temporaryFolder()
  await writeTree(folder, files)
  const { images, problems } = await scan(join(folder, at))
  const size = images[0]
  return {
    size: [size?.widthPx ?? 0, size?.heightPx ?? 0] as const,
    boxes: Object.fromEntries(
      images.map(({ key, boxes }) => [
        key,
        boxes
          ?.read()
          .map(({ className, xPx, yPx, widthPx, heightPx, isCrowd }) =>
            [className, xPx, yPx, widthPx, heightPx, ...(isCrowd ? ['crowd'] : [])].join(' '),
          ),
      ]),
    ),
    problems: problems
      .filter(({ code }) => code === 'bad-entry')
      .map(({ path, message }) => `${path} — ${message}`),
  }
}

describe('the boxes of an import', () => {
  it('are those of COCO, whatever comes first in the file', async () => {
    const annotations = [
      { image_id: 1, category_id: 7, bbox: [1, 2, 3.5, 4], iscrowd: 0 },
      { image_id: 2, category_id: 8, bbox: [0, 0, 5, 5], iscrowd: 1 },
      { image_id: 1, category_id: 8, bbox: [0.25, 0, 1, 1] },
      { image_id: 2, category_id: 8, area: 4 },
    ]
    const categories = [
      { id: 7, name: 'cat' },
      { id: 8, name: ' dog ' },
    ]
    const images = [
      { id: 1, file_name: '1.jpg' },
      { id: 2, file_name: '2.jpg' },
    ]
    const { boxes, problems } = await kept(
      {
        '1.jpg': imageBytes(0),
        '2.jpg': imageBytes(1),
        'a.json': JSON.stringify({ annotations, categories, images }),
      },
      'a.json',
    )
    expect(boxes).toEqual({ '1.jpg': ['cat 1 2 3.5 4', 'dog 0.25 0 1 1'], '2.jpg': ['dog 0 0 5 5 crowd'] })
    expect(problems).toEqual([])
  })

  it('are those of Pascal VOC, from edge to edge', async () => {
    const xml = (name: string) =>
      `<annotation><object><name>${name}</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>6</xmax><ymax>5</ymax></bndbox></object></annotation>`
    const { boxes } = await kept({
      '1.jpg': imageBytes(0),
      '1.xml': xml('cat'),
      '2.jpg': imageBytes(1),
      '2.xml': xml('dog'),
    })
    expect(boxes).toEqual({ '1.jpg': ['cat 1 2 5 3'], '2.jpg': ['dog 1 2 5 3'] })
  })

  it('are those of YOLO in pixels, and what surrounds its polygons', async () => {
    const { boxes, size } = await kept({
      'data.yaml': 'names: [cat, dog]\ntrain: images\n',
      'images/1.jpg': imageBytes(0),
      'labels/1.txt': '0 0.5 0.5 0.5 0.25\n',
      'images/2.jpg': imageBytes(1),
      'labels/2.txt': '1 0.25 0 0.5 0.5 0.25 0.5\n',
    })
    const [width, height] = size
    expect(boxes).toEqual({
      'images/1.jpg': [
        `cat ${String(width / 4)} ${String((height * 3) / 8)} ${String(width / 2)} ${String(height / 4)}`,
      ],
      'images/2.jpg': [`dog ${String(width / 4)} 0 ${String(width / 4)} ${String(height / 2)}`],
    })
  })

  describe('of images that EXIF turns by a quarter', () => {
    /** Stored 30 × 20; shown 20 × 30. */
    const turned = (orientation: number): Promise<Buffer> =>
      sharp({ create: { width: 30, height: 20, channels: 3, background: 'teal' } })
        .withMetadata({ orientation })
        .jpeg()
        .toBuffer()
    const coco = (bbox: readonly number[], image: object, more: object = {}) =>
      JSON.stringify({
        images: [
          { id: 1, file_name: '1.jpg', ...image },
          { id: 2, file_name: '2.jpg' },
        ],
        categories: [
          { id: 7, name: 'cat' },
          { id: 8, name: 'dog' },
        ],
        annotations: [
          { image_id: 1, category_id: 7, bbox },
          { image_id: 2, category_id: 8, area: 4 },
        ],
        ...more,
      })
    const ofCoco = async (orientation: number, text: string) =>
      (await kept({ '1.jpg': await turned(orientation), '2.jpg': imageBytes(1), 'a.json': text }, 'a.json'))
        .boxes['1.jpg']

    it.each([
      [5, 'cat 2 1 4 3'],
      [6, 'cat 14 1 4 3'],
      [7, 'cat 14 26 4 3'],
      [8, 'cat 2 26 4 3'],
    ])('are turned along where the sides are those as stored (orientation %i)', async (orientation, box) => {
      expect(await ofCoco(orientation, coco([1, 2, 3, 4], { width: 30, height: 20 }))).toEqual([box])
    })

    it.each([
      ['the sides are those as shown', [1, 2, 3, 4], { width: 20, height: 30 }, {}],
      ['there are no sides', [1, 2, 3, 4], {}, {}],
      ['they do not lie in the image as stored', [1, 22, 3, 4], { width: 30, height: 20 }, {}],
      [
        'Label Studio wrote the sides as stored',
        ...([[1, 2, 3, 4], { width: 30, height: 20 }] as const),
        { info: { year: 2026, contributor: 'Label Studio' } },
      ],
    ])('stay where %s', async (_, box, image, more) => {
      expect(await ofCoco(6, coco(box, image, more))).toEqual([`cat ${box.join(' ')}`])
    })

    it('are turned along in Pascal VOC, and never in YOLO, which gives no sides', async () => {
      const xml = (name: string, width: number, height: number) =>
        `<annotation><size><width>${String(width)}</width><height>${String(height)}</height></size><object><name>${name}</name>
        <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>4</xmax><ymax>6</ymax></bndbox></object></annotation>`
      const image = await turned(6)
      const voc = { '1.jpg': image, '1.xml': xml('cat', 30, 20), '2.jpg': image, '2.xml': xml('dog', 20, 30) }
      expect((await kept(voc)).boxes).toEqual({ '1.jpg': ['cat 14 1 4 3'], '2.jpg': ['dog 1 2 3 4'] })

      const yolo = {
        ...{ 'data.yaml': 'names: [cat, dog]\ntrain: images\n', 'images/1.jpg': image },
        ...{
          'labels/1.txt': '0 0.5 0.5 0.5 0.2\n',
          'images/2.jpg': imageBytes(1),
          'labels/2.txt': '1 0.5 0.5 1 1\n',
        },
      }
      expect((await kept(yolo)).boxes['images/1.jpg']).toEqual(['cat 5 12 10 6'])
    })
  })

  it('have an area within the image: what has none is left out, what leaves it is cut, and both are said', () => {
    const box = (xPx: number, yPx: number, widthPx: number, heightPx: number) => ({
      ...{ className: 'cat', xPx, yPx, widthPx, heightPx },
      isCrowd: false,
    })
    const problems = problemList()
    const boxes = [
      box(0, 0, 0, 5),
      box(0, 0, -3, -3),
      box(NaN, 0, 5, 5),
      box(0, 0, Infinity, 5),
      box(100, 0, 5, 5),
      box(-8, 70, 20, 40),
      box(-0.5, 0, 101, 80.9),
    ]
    const listing = {
      ...{ keys: ['a/1.jpg'], links: new Map<string, string>() },
      ...{ place: () => [], hintForOneClass: () => null },
      boxesOf: () => ({ where: 'Image 5', boxes }),
    }
    const found = soundBoxes(listing, 0, { widthPx: 100, heightPx: 80, orientation: 1 }, problems)
    expect(found?.read()).toEqual([box(0, 70, 12, 10), box(-0.5, 0, 101, 80.9)])
    expect(problems.read().map(({ path, message }) => `${path} — ${message}`)).toEqual([
      'a/1.jpg — Image 5: 4 boxes have no area or are not finite. They were left out.',
      'a/1.jpg — Image 5: a box is outside the image. It was left out.',
      'a/1.jpg — Image 5: a box leaves the image. It was cut at its edge.',
    ])
  })
})
