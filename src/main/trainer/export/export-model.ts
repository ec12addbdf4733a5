/** The export job: weights are read, written in the format, opened by the format's own runtime and held to the model. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { certificateName, type Certificate } from '../../../contract/entities/export'
import type { EngineReport } from '../../../contract/entities/model'
import { badWeights } from '../../weights/bad-weights'
import { firstMisfit } from '../../weights/fit'
import { readWeights } from '../../weights/read'
import type { WeightSet } from '../../weights/weight-set'
import { parameterCount, parameterShapes } from '../../../domain/model/spec'
import type { ExportJob, FromTrainerBody } from '../../protocol/messages'
import { writeBeside } from './beside'
import { compare } from './certify'
import { cmykProfileName, writeCmykProfile } from './cmyk-profile'
import { comparePhoto, drawPhotos, summary, type DrawnPhoto } from './drawn-photos'
import { differs } from './differs'
import { filesOf, hashedFiles } from './export-files'
import { formats } from './formats'
import { goldenImages } from './golden-images'
import { openOurSide } from './our-side'
import { readme } from './readme'
import { scaledImages } from './reference-resize'
import { roundingNoise } from './rounding'
import { weightsHash } from './weights-hash'

/** Enough to know how much rounding changes. */
const roundedBatches = 2

export interface ExportOptions {
  readonly engine: EngineReport
  /** Milliseconds. */
  readonly clock: () => number
  /** Between writing and checking; for tests. */
  readonly written?: () => Promise<void>
}

interface Out {
  send(body: FromTrainerBody): Promise<void>
}

/**
 * Writes the job's folder, which must be there and empty, and sends 'exported'. Throws 'bad-weights', 'unsupported', 'engine-missing', and
 * 'export-differs' where the runtime's results are not the model's; what is in the folder then is of no use.
 */
export async function exportModel(job: ExportJob, out: Out, options: ExportOptions): Promise<void> {
  const { format, folder, model } = job
  const { spec, classCount, cropPx } = model
  const batches = goldenImages(cropPx)
  const tell = (phase: string, done: number, total: number | null): Promise<void> =>
    out.send({ type: 'progress', phase, done, total })

  await tell('Reading the weights', 0, null)
  const weights = await readWholeModel(job)
  const sha256 = weightsHash(weights, spec, classCount)
  await tell(`Writing ${format}`, 0, null)
  await formats[format].write(folder, weights, job)
  await writeBeside(folder, format, model)
  const text = readme(format, model)
  await writeFile(join(folder, 'README.md'), text)
  if (text.includes(cmykProfileName)) await writeCmykProfile(folder)
  await options.written?.()

  const scaled = batches.map((batch) => scaledImages(batch, cropPx))
  const photos: DrawnPhoto[] = []
  for await (const photo of drawPhotos(cropPx)) {
    photos.push(photo)
    await tell('Drawing photos', photos.length, null)
  }
  const ours: Float32Array[] = []
  const side = openOurSide(weights, spec)
  const ofSquares: Float32Array[] = []
  let rounding: number
  try {
    for (const [index, { count }] of batches.entries()) {
      await tell('Running the test images through the model', index, batches.length)
      ours.push(await side.predict(scaled[index] ?? new Float32Array(0), count))
    }
    rounding = await roundingNoise(side, batches.slice(0, roundedBatches), scaled, ours)
    for (const { square } of photos) {
      const scaledSquare = Float32Array.from(square, (level) => level / 127.5 - 1)
      ofSquares.push(await side.predict(scaledSquare, 1))
    }
  } finally {
    side.close()
  }

  await tell(`Opening the ${format} files in their own runtime`, 0, null)
  const runtime = await formats[format].open(folder, model)
  try {
    let checked = 0
    const compared = await compare(batches, ours, scaled, runtime, model, rounding, () =>
      tell('Comparing the results', ++checked, batches.length),
    )
    const comparedPhotos: Certificate['decoder']['photos'] = []
    for (const [index, photo] of photos.entries()) {
      const theirs = await runtime.run(photo.whole)
      comparedPhotos.push(comparePhoto(photo, ofSquares[index] ?? new Float32Array(0), theirs, model))
      await tell('Comparing photos', index + 1, photos.length)
    }
    const bitExact = runtime.sha256 === null ? null : runtime.sha256 === sha256
    const certificate: Certificate = {
      format,
      createdAt: new Date(options.clock()).toISOString(),
      workbenchVersion: job.workbenchVersion,
      model: {
        name: model.name,
        title: model.title,
        architecture: model.architecture,
        sha256,
        parameterCount: parameterCount(spec, classCount),
        classCount,
        cropPx,
      },
      engine: {
        name: `BiT Workbench, engine ${options.engine.kind}`,
        version: options.engine.version,
        device: options.engine.deviceName,
      },
      runtime: { name: runtime.name, version: runtime.version, device: runtime.device },
      files: await hashedFiles(folder),
      ...compared,
      decoder: summary(comparedPhotos),
      bitExact,
      agrees: compared.agrees && bitExact !== false,
    }
    if (!certificate.agrees) throw differs(certificate)
    await writeFile(join(folder, certificateName), `${JSON.stringify(certificate, null, 2)}\n`)
    await out.send({ type: 'exported', files: await filesOf(folder), certificate })
  } finally {
    await runtime.close()
  }
}

async function readWholeModel({ weightsPath, model: { spec, classCount } }: ExportJob): Promise<WeightSet> {
  const weights = await readWeights(weightsPath)
  const shapes = new Map([...weights].map(([name, { shape }]) => [name, shape]))
  const wrong = firstMisfit(shapes, parameterShapes(spec, classCount))
  if (wrong !== null) throw badWeights(weightsPath, wrong)
  return weights
}
