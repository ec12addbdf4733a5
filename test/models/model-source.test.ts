/** Models of every origin, found and opened, in a real home without a trainer. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ModelSpec } from '../../src/contract/entities/model'
import { initialWeights } from '../../src/main/trainer/network/initialize'
import { inspectWeights } from '../../src/main/weights/inspect'
import { readModelMetadata, writeModelMetadata } from '../../src/main/weights/model-metadata'
import { writeSafetensors } from '../../src/main/weights/safetensors'
import { insertEvaluation } from '../../src/main/store/runs/metrics'
import { knownModels, modelNameOf } from '../../src/main/models/model-entries'
import { modelInfo, openModelFile } from '../../src/main/models/model-source'
import { referenceFolder } from '../trainer/support/reference'
import { parameterShapes } from '../../src/domain/model/spec'
import { temporaryFolder } from '../support/test-core'
import { zerosNpz } from '../weights/support/archives'
import { openTestZoo, runClassNames } from './support/zoo'

const { path: folder, remove } = temporaryFolder('model-source')
const zoo = openTestZoo(folder)
afterAll(() => {
  zoo.close()
  remove()
})

const spec: ModelSpec = { units: [1, 1, 1, 1], width: 0.5 }

describe('the embedded model', () => {
  it('is there only where its file is', async () => {
    await expect(modelInfo(zoo.context, 'embedded:bit-tiny')).rejects.toMatchObject({ code: 'not-found' })
    const path = join(zoo.context.resourcesPath, 'models', 'bit-tiny.safetensors')
    mkdirSync(dirname(path), { recursive: true })
    const said = { name: 'BiT-Tiny', classNames: ['a', 'b', 'c'], cropPx: 64, trainedOn: 'Caltech-101.' }
    await writeSafetensors(initialWeights(spec, 3, 1), path, writeModelMetadata(said))
    expect(await modelInfo(zoo.context, 'embedded:bit-tiny')).toMatchObject({
      ...said,
      spec,
      origin: 'embedded',
    })
    expect((await openModelFile(zoo.context, 'embedded:bit-tiny')).path).toBe(path)
    expect((await knownModels(zoo.context))[0]?.entry.id).toBe('embedded:bit-tiny')
  })

  it('that is damaged leaves the others in the list, and says so when it is asked for', async () => {
    writeFileSync(join(zoo.context.resourcesPath, 'models', 'bit-tiny.safetensors'), 'no weights')
    expect((await knownModels(zoo.context))[0]?.entry.origin).toBe('published')
    await expect(openModelFile(zoo.context, 'embedded:bit-tiny')).rejects.toMatchObject({
      code: 'bad-weights',
    })
  })
})

describe('a published model', () => {
  it('is known before its download, and is not opened then', async () => {
    expect(await modelInfo(zoo.context, 'published:BiT-M-R50x1')).toMatchObject({
      architecture: 'R50x1',
      classCount: 21_843,
      classNames: null,
      parameterCount: 68_256_659,
    })
    await expect(openModelFile(zoo.context, 'published:BiT-M-R50x1')).rejects.toThrow(
      'BiT-M-R50x1 is not downloaded yet.',
    )
    await expect(modelInfo(zoo.context, 'published:../../etc/passwd')).rejects.toMatchObject({
      code: 'not-found',
    })
  })

  it('takes its class names from the list beside it', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `tabby_${String(index)}, cat`)
    mkdirSync(zoo.context.paths.modelsPath, { recursive: true })
    writeFileSync(
      join(zoo.context.paths.modelsPath, 'ilsvrc2012_wordnet_lemmas.txt'),
      `${names.join('\n')}\n`,
    )
    const { classNames } = await modelInfo(zoo.context, 'published:BiT-S-R50x1')
    expect(classNames?.slice(0, 2)).toEqual(['tabby 0, cat', 'tabby 1, cat'])
    expect((await modelInfo(zoo.context, 'published:BiT-M-R50x1')).classNames).toBeNull()
  })

  it('whose file is of another model is refused', async () => {
    const path = join(zoo.context.paths.modelsPath, 'BiT-S-R50x3.npz')
    copyFileSync(join(referenceFolder, 'half.npz'), path)
    await expect(openModelFile(zoo.context, 'published:BiT-S-R50x3')).rejects.toThrow(
      `${path} contains units:1-1-1-1,width:0.5 with a head of 5 classes, not BiT-S-R50x3.`,
    )
  })
})

describe('a file', () => {
  it('has the names that lie beside it, where their count fits', async () => {
    const path = join(folder, 'half.npz')
    copyFileSync(join(referenceFolder, 'half.npz'), path)
    expect(await modelInfo(zoo.context, `path:${path}`)).toMatchObject({
      name: 'half',
      spec,
      classCount: 5,
      classNames: null,
      cropPx: 224,
    })
    writeFileSync(`${path}.classes.txt`, 'a\r\nb\r\nc\r\nd\r\ne\r\n')
    expect((await modelInfo(zoo.context, `path:${path}`)).classNames).toEqual(['a', 'b', 'c', 'd', 'e'])
    writeFileSync(`${path}.classes.txt`, 'a\nb\n')
    expect((await modelInfo(zoo.context, `path:${path}`)).classNames).toBeNull()
  })

  it('with the 21,843 classes of BiT-M judges each on its own, unless it says otherwise; others do not', async () => {
    const ofClasses = (classCount: number): string => {
      const path = join(folder, `classes-${String(classCount)}.npz`)
      writeFileSync(path, zerosNpz(parameterShapes(spec, classCount)))
      return path
    }
    expect((await modelInfo(zoo.context, `path:${ofClasses(21_843)}`)).loss).toBe('sigmoid')
    expect((await modelInfo(zoo.context, `path:${ofClasses(21)}`)).loss).toBe('softmax')
    const told = join(folder, 'told.safetensors')
    await writeSafetensors(initialWeights(spec, 21_843, 0), told, writeModelMetadata({ loss: 'softmax' }))
    expect((await modelInfo(zoo.context, `path:${told}`)).loss).toBe('softmax')
  })

  it('is looked at again when it changes', async () => {
    const path = join(folder, 'changes.safetensors')
    await writeSafetensors(initialWeights(spec, 3, 1), path)
    expect(await modelInfo(zoo.context, `path:${path}`)).toMatchObject({ classCount: 3 })
    writeFileSync(path, 'no weights at all')
    await expect(openModelFile(zoo.context, `path:${path}`)).rejects.toMatchObject({ code: 'bad-weights' })
  })
})

describe('a run', () => {
  it('gives its last checkpoint as a file that says what it is, for as long as it is open', async () => {
    const id = `run:${String(await zoo.addRun('first', 'with checkpoint'))}`
    const classNames = runClassNames
    expect(await modelInfo(zoo.context, id)).toMatchObject({ spec, classNames, cropPx: 128 })
    const file = await openModelFile(zoo.context, id)
    const facts = await inspectWeights(file.path)
    expect(facts).toMatchObject({ spec, classCount: classNames.length })
    expect(readModelMetadata(facts.metadata, facts.classCount)).toMatchObject({
      name: 'first',
      classNames,
      cropPx: 128,
    })
    await file.close()
    expect(existsSync(file.path)).toBe(false)
  })

  it('gives the checkpoint of a step, or the best, where its id says so', async () => {
    const id = `run:${String(await zoo.addRun('steps', 'with checkpoint'))}`
    const info = await modelInfo(zoo.context, `${id}@50`)
    expect(info).toMatchObject({ id: `${id}@50`, trainedOn: expect.stringContaining('50 steps') as unknown })
    await (await openModelFile(zoo.context, `${id}@last`)).close()
    await expect(openModelFile(zoo.context, `${id}@49`)).rejects.toThrow('has no checkpoint of step 49')
    await expect(openModelFile(zoo.context, `${id}@best`)).rejects.toThrow('was evaluated on validation')
    const { db } = zoo.context
    const accuracy = { correct: 5, total: 10, value: 0.5, low: 0, high: 1 }
    const measures = { partCount: 10, topFive: null, balanced: null }
    const evaluation = { stepIndex: 50, part: 'val', loss: 1, accuracy, measures, atMs: 1 } as const
    insertEvaluation(db, Number(id.slice(4)), evaluation)
    await (await openModelFile(zoo.context, `${id}@best`)).close()
    expect(modelNameOf(db, `${id}@best`)).toBe('steps, best checkpoint')
  })

  it('says by way of which run its weights came, and its card after which step', async () => {
    const { db } = zoo.context
    const first = await zoo.addRun('source', 'with checkpoint')
    const then = await zoo.addRun('then', 'with checkpoint')
    const weights = `run:${String(first)}@50`
    db.prepare('UPDATE runs SET weights = ? WHERE id = ?').run(weights, then)
    const { trainedOn } = await modelInfo(zoo.context, `run:${String(then)}`)
    expect(trainedOn).toContain(', by way of source: ')
    expect(modelNameOf(db, weights)).toBe('source, step 50')
  })

  it('without a checkpoint is no model', async () => {
    const id = `run:${String(await zoo.addRun('second', 'without checkpoint'))}`
    await expect(openModelFile(zoo.context, id)).rejects.toThrow('has no checkpoint')
  })
})
