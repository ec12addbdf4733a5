/** Chosen images as a list of paths, as a table, and as COCO has them. */
import type { ImageBox } from '../../contract/entities/dataset'
import { csvLine } from '../report/csv'
import type { ExportedImage } from './exported-images'

type Images = AsyncIterable<ExportedImage>
type Write = (text: string) => Promise<void>

/** A path a line: of the image's file, or of the image within its source. What no line can hold is left out. */
export async function writePaths(images: Images, write: Write, onLeftOut: () => void): Promise<void> {
  for await (const { facts, filePath } of images) {
    const path = filePath() ?? facts.path
    if (/[\r\n]/.test(path)) onLeftOut()
    else await write(`${path}\n`)
  }
}

export async function writeCsv(images: Images, write: Write): Promise<void> {
  let isFirst = true
  for await (const { facts, said, className, predicted } of images) {
    const ofRun = predicted === null ? [] : ['predicted']
    const head = ['path', 'class', 'part', 'width', 'height', 'bytes', 'content_hash']
    if (isFirst) await write(csvLine([...head, 'class_before', 'excluded', 'tags', 'note', ...ofRun]))
    isFirst = false
    const { path, part, widthPx, heightPx, byteCount, contentHash } = facts
    await write(
      csvLine([
        ...[path, className, part, widthPx, heightPx, byteCount, contentHash],
        className === facts.className ? '' : facts.className,
        said?.excluded === true ? 1 : 0,
        said?.tags.join(' ') ?? '',
        said?.note ?? '',
        ...(predicted === null ? [] : [predicted]),
      ]),
    )
  }
}

/**
 * An image without boxes has one, which is all of it, of its class: as pycocotools and FiftyOne read classes. One whose class was corrected has it in its
 * largest box, which gave it its class. `boxesOf`: of an image, by its id.
 */
export async function writeCoco(
  images: Images,
  boxesOf: (imageId: number) => readonly ImageBox[],
  write: Write,
): Promise<void> {
  const classes = new Map<string, number>()
  const classIdOf = (name: string): number => {
    const found = classes.get(name) ?? classes.size + 1
    classes.set(name, found)
    return found
  }
  // Boxes come after the images in the file: they are read again then, and not held.
  const written: { id: number; className: string; widthPx: number; heightPx: number }[] = []
  await write('{"images":[')
  for await (const { facts, className } of images) {
    const { path, widthPx, heightPx } = facts
    classIdOf(className)
    const id = written.push({ id: facts.id, className, widthPx, heightPx })
    const image = { id, file_name: path, width: widthPx, height: heightPx }
    await write(`${id === 1 ? '' : ','}\n${JSON.stringify(image)}`)
  }
  await write('\n],"annotations":[')
  let count = 0
  for (const [index, { id, className, ...size }] of written.entries()) {
    const all = { className, xPx: 0, yPx: 0, ...size, isCrowd: false }
    const boxes = boxesOf(id)
    for (const { xPx, yPx, widthPx, heightPx, ...box } of boxes.length === 0
      ? [all]
      : named(boxes, className)) {
      const annotation = {
        id: ++count,
        image_id: index + 1,
        category_id: classIdOf(box.className),
        bbox: [xPx, yPx, widthPx, heightPx],
        area: widthPx * heightPx,
        iscrowd: box.isCrowd ? 1 : 0,
      }
      await write(`${count === 1 ? '' : ','}\n${JSON.stringify(annotation)}`)
    }
  }
  const categories = [...classes].map(([name, id]) => ({ id, name }))
  await write(`\n],"categories":${JSON.stringify(categories)}}\n`)
}

/** With the image's class in the first of its largest boxes. */
function named(boxes: readonly ImageBox[], className: string): ImageBox[] {
  const areaOf = (box: ImageBox | undefined): number => (box === undefined ? -1 : box.widthPx * box.heightPx)
  const largest = boxes.reduce((best, box, index) => (areaOf(box) > areaOf(boxes[best]) ? index : best), 0)
  return boxes.map((box, index) => (index === largest ? { ...box, className } : box))
}
