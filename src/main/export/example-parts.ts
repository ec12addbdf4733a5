/** What the examples share. */
import { labelsName } from './beside'
import type { ModelFacts } from './model-facts'

export interface Example {
  readonly language: 'python' | 'js'
  /** What to install. */
  readonly packages: string
  readonly code: string
}

/** The photo's pixels, as `data` and `info`. */
export const decodeJs = `const { data, info } = await sharp(process.argv[2]) // the photo
  .autoOrient()
  .flatten({ background: '#ffffff' })
  .toColourspace('srgb')
  .raw()
  .toBuffer({ resolveWithObject: true })`

/** `probabilities` is there, an array. */
export function top5Js({ classNames }: ModelFacts): string {
  const names =
    classNames === null
      ? 'const nameOf = (index) => `class ${index}`'
      : `const labels = readFileSync('${labelsName}', 'utf8').split('\\n')\nconst nameOf = (index) => labels[index]`
  return `${names}
const order = [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a])
for (const index of order.slice(0, 5)) console.log(probabilities[index].toFixed(5), nameOf(index))`
}

/** `probabilities` is there, a NumPy array [classes]. */
export function top5Python({ classNames }: ModelFacts): string {
  const names =
    classNames === null
      ? 'labels = [f"class {index}" for index in range(len(probabilities))]'
      : `with open("${labelsName}", encoding="utf-8") as file:
    labels = file.read().split("\\n")`
  return `${names}
for index in probabilities.argsort()[::-1][:5]:
    print(f"{probabilities[index]:.5f} {labels[index]}")`
}

/** Transparent parts over white, as the workbench has it. */
export const openPython = `photo = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGBA")
photo = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo).convert("RGB")`

/** For the head of a program that has `top5Js`. */
export function readsLabels({ classNames }: ModelFacts): string {
  return classNames === null ? '' : "import { readFileSync } from 'node:fs'\n"
}
