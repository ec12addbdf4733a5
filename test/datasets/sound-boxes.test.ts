/** Boxes as an import keeps them, of each format that has some. */
import { join } from 'node:path'
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
    const found = soundBoxes(listing, 0, { widthPx: 100, heightPx: 80 }, problems)
    expect(found?.read()).toEqual([box(0, 70, 12, 10), box(-0.5, 0, 101, 80.9)])
    expect(problems.read().map(({ path, message }) => `${path} — ${message}`)).toEqual([
      'a/1.jpg — Image 5: 4 boxes have no area or are not finite. They were left out.',
      'a/1.jpg — Image 5: a box is outside the image. It was left out.',
      'a/1.jpg — Image 5: a box leaves the image. It was cut at its edge.',
    ])
  })
})
