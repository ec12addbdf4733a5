/** Chosen images as a list of paths, as a table, and as COCO has them. */
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

/** Each image has one box, which is all of it, of its class: as pycocotools and FiftyOne read classes. */
export async function writeCoco(images: Images, write: Write): Promise<void> {
  const classes = new Map<string, number>()
  // Boxes come after the images in the file: of each its class and its size, three numbers.
  const boxes: { classId: number; widthPx: number; heightPx: number }[] = []
  await write('{"images":[')
  for await (const { facts, className } of images) {
    const { path, widthPx, heightPx } = facts
    let classId = classes.get(className)
    if (classId === undefined) classes.set(className, (classId = classes.size + 1))
    const id = boxes.push({ classId, widthPx, heightPx })
    const image = { id, file_name: path, width: widthPx, height: heightPx }
    await write(`${id === 1 ? '' : ','}\n${JSON.stringify(image)}`)
  }
  await write('\n],"annotations":[')
  for (const [index, { classId, widthPx, heightPx }] of boxes.entries()) {
    const box = {
      id: index + 1,
      image_id: index + 1,
      category_id: classId,
      bbox: [0, 0, widthPx, heightPx],
      area: widthPx * heightPx,
      iscrowd: 0,
    }
    await write(`${index === 0 ? '' : ','}\n${JSON.stringify(box)}`)
  }
  const categories = [...classes].map(([name, id]) => ({ id, name }))
  await write(`\n],"categories":${JSON.stringify(categories)}}\n`)
}
