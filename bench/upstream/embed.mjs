/**
 * Makes the model that comes along of a model that was pre-trained and exported: kernels in 8 bits, classes by their words.
 *
 *   node bench/upstream/embed.mjs MODEL.safetensors WORDS.txt TARGET.safetensors NAME CROP_PX "TRAINED ON"
 *
 * WORDS.txt is Tiny ImageNet's words.txt: a class name (WNID), a tab, its words with commas between them; the first is taken.
 */
import { readFileSync } from 'node:fs'
import { runnerImport } from 'vite'

const [source, wordsPath, target, name, cropPx, trainedOn] = process.argv.slice(2)
if (trainedOn === undefined) {
  console.error(
    'Usage: node bench/upstream/embed.mjs MODEL.safetensors WORDS.txt TARGET.safetensors NAME CROP_PX "TRAINED ON"',
  )
  process.exit(2)
}
const load = async (file) =>
  (await runnerImport(new URL(`../../src/main/weights/${file}.ts`, import.meta.url).pathname)).module
const [
  { readWeights },
  { writeSafetensors },
  { readModelMetadata, writeModelMetadata },
  { withFile },
  { readSafetensorsShapes },
] = await Promise.all(['read', 'safetensors', 'model-metadata', 'file-reader', 'safetensors'].map(load))

const weights = await readWeights(source)
const { metadata } = await withFile(source, readSafetensorsShapes)
const classCount = [...weights].find(([key]) => key.endsWith('head/conv2d/bias'))?.[1].data.length ?? null
const wnids = readModelMetadata(metadata, classCount).classNames
if (wnids === null) throw new Error(`${source} does not name its classes.`)
const words = new Map(
  readFileSync(wordsPath, 'utf8')
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([wnid, all]) => [wnid, all?.split(',')[0]]),
)
const taken = new Map()
const classNames = wnids.map((wnid) => {
  const word = words.get(wnid) ?? wnid
  taken.set(word, (taken.get(word) ?? 0) + 1)
  // Two of them may share their first word: a crane is a bird and a machine.
  return taken.get(word) === 1 ? word : `${word} (${wnid})`
})
await writeSafetensors(
  weights,
  target,
  writeModelMetadata({ name, classNames, cropPx: Number(cropPx), loss: 'softmax', trainedOn }),
  'int8',
)
console.log(`${target}: ${weights.size} tensors, ${classNames.length} classes`)
