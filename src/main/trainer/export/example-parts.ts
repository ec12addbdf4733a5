/** What the examples share. */
import { labelsName } from './beside'
import { cmykProfileName } from './cmyk-profile'
import type { ModelFacts } from '../../../domain/model/model-facts'

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

/** What `openPython` needs at the head of the program, besides io, sys and NumPy as np. */
export const importsPython = 'from PIL import Image, ImageCms, ImageOps'

/** As the workbench has it: upright, in sRGB by the photo's own profile, 8 bits, transparent parts over white. `photo` is there, RGB. */
export const openPython = `photo = ImageOps.exif_transpose(Image.open(sys.argv[1]))
profile = photo.info.get("icc_profile")
if photo.mode == "CMYK" and profile is None:
    with open("${cmykProfileName}", "rb") as file:
        profile = file.read()
if photo.mode == "P":
    photo = photo.convert("RGBA")
if photo.mode.startswith("I;16"):
    photo = Image.fromarray((np.asarray(photo) >> 8).astype(np.uint8))
if profile is not None:
    try:
        photo = ImageCms.profileToProfile(
            photo,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGBA" if photo.mode == "RGBA" else "RGB",
        )
    except ImageCms.PyCMSError:
        pass  # the profile is of other colours than the photo
photo = photo.convert("RGBA")
photo = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo).convert("RGB")`

/** For the head of a program that has `top5Js`. */
export function readsLabels({ classNames }: ModelFacts): string {
  return classNames === null ? '' : "import { readFileSync } from 'node:fs'\n"
}
