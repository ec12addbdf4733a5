/** Run bundles that are looked at: each in a home of its own in the scratch folder, which only calls that look can reach. */
import { randomInt, randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { z } from 'zod'
import { endpoints } from '../../contract/endpoints'
import { WorkbenchError } from '../../contract/errors'
import type { ServiceContext } from '../app/context'
import { inOrder } from '../app/in-order'
import { wholePath } from '../app/whole-path'
import { createImages, type Images } from '../datasets/image-view'
import type { OpenedBundleHandlers } from '../exchange/exchange'
import { importBundle } from '../exchange/import-bundle'
import { splitOfVersion } from '../store/runs/bundled-runs'
import { openCheckpointBytes } from '../store/checkpoints/checkpoint-bytes'
import { jobImages } from '../store/datasets/datasets'
import type { ThumbnailCache } from '../store/datasets/thumbnails'
import { openStore } from '../store/home/open'
import { getRun } from '../store/runs/runs'
import type { TaskWork } from '../tasks/tasks'
import { homePaths } from './paths'
import { openReadOnlyCore, readNames, type ReadName, type ReadOnlyCore } from './read-only-core'

export interface OpenedBundles {
  readonly handlers: OpenedBundleHandlers
  /** Of an image in an opened bundle, by its number there. Throws as `Images.image`. */
  image(bundleId: number, imageId: number, ...rest: RestOf<Images['image']>): ReturnType<Images['image']>
  /** Removes them all. */
  close(): Promise<void>
}
type RestOf<F> = F extends (first: never, ...rest: infer Rest) => unknown ? Rest : never

interface Opened {
  readonly path: string
  /** The same file as before has the same. */
  readonly facts: string
  readonly runId: number
  readonly runName: string
  readonly core: ReadOnlyCore
  readonly image: Images['image']
  close(): Promise<void>
}

/** One page looks at one; the oldest is closed for one more. */
const mostOpen = 8

export function createOpenedBundles(context: ServiceContext, thumbnails: ThumbnailCache): OpenedBundles {
  const opened = new Map<number, Opened>()
  // From anywhere: a page of a core that was started again asks for no other bundle than it looked at.
  let lastId = randomInt(2 ** 40)

  async function open(path: string, task: TaskWork): Promise<number> {
    const facts = factsOf(path)
    const known = [...opened].find(([, one]) => one.path === path && one.facts === facts)
    if (known !== undefined) return known[0]
    const made = await openBundle(context, thumbnails, path, facts, task)
    const id = ++lastId
    opened.set(id, made)
    for (const old of [...opened.keys()].slice(0, -mostOpen)) await close(old)
    return id
  }
  async function close(id: number): Promise<void> {
    const one = opened.get(id)
    opened.delete(id)
    await one?.close()
  }
  function get(id: number): Opened {
    const one = opened.get(id)
    if (one !== undefined) return one
    throw new WorkbenchError('not-found', 'This bundle is not open any more.', 'Open its file again.')
  }

  return {
    handlers: {
      'exchange.open': async ({ path }) => {
        const file = wholePath(path)
        const taskId = context.tasks.start('bundle', `Open ${basename(file)}`, (task) => open(file, task))
        return { taskId }
      },
      'exchange.opened': async ({ bundleId }) => {
        const { path, runId, runName } = get(bundleId)
        return { path, runId, runName }
      },
      'exchange.ask': async ({ bundleId, name, input }) => {
        const { core } = get(bundleId)
        if (!isReadName(name))
          throw new WorkbenchError(
            'unsupported',
            `A bundle that is open to look at does not answer ${name}.`,
            'Import it first.',
          )
        const output: z.ZodType = endpoints[name].output
        return output.parse(await core.call(name, input as never))
      },
      'exchange.close': async ({ bundleId }) => {
        await close(bundleId)
        return {}
      },
    },
    image: async (bundleId, imageId, size, signal) => get(bundleId).image({ imageId }, size, signal),
    close: async () => {
      for (const id of [...opened.keys()]) await close(id)
    },
  }
}

async function openBundle(
  context: ServiceContext,
  thumbnails: ThumbnailCache,
  path: string,
  facts: string,
  task: TaskWork,
): Promise<Opened> {
  const homePath = join(context.paths.scratchPath, `look-${randomUUID()}`)
  const closing: (() => void | Promise<void>)[] = [() => rm(homePath, { recursive: true, force: true })]
  const close = async (): Promise<void> => {
    for (const part of closing.splice(0).reverse()) await part()
  }
  try {
    const runId = await takeInto(context, homePath, path, task)
    const core = openReadOnlyCore(homePath)
    closing.push(() => core.close())
    const store = openStore(homePath, { readOnly: true })
    closing.push(() => store.close())
    const { image } = createImages({ ...context, db: store.db }, thumbnails, {
      imageFile: () => Promise.reject(new WorkbenchError('not-found', 'A bundle predicts nothing.')),
    })
    const { name: runName } = getRun(store.db, runId)
    return { path, facts, runId, runName, core, image, close }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

/** Its weights stay in the file: nothing that looks needs them. */
async function takeInto(
  context: ServiceContext,
  homePath: string,
  path: string,
  task: TaskWork,
): Promise<number> {
  const store = openStore(homePath)
  const checkpoints = openCheckpointBytes(homePath)
  try {
    const inside: ServiceContext = {
      ...context,
      ...{ db: store.db, checkpoints, paths: homePaths(homePath), ordered: inOrder() },
      emit: () => undefined,
    }
    const { runId } = await importBundle(inside, path, task, {
      toLookAt: true,
      imagesOf: (versionSha256) => {
        const here = splitOfVersion(context.db, versionSha256)
        return here === null ? null : jobImages(context.db, here.splitId).source
      },
    })
    return runId
  } finally {
    await checkpoints.close()
    store.close()
  }
}

function factsOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? '' : [found.size, found.mtimeMs, found.ino].join(' ')
}

function isReadName(name: string): name is ReadName {
  return readNames.some((one) => one === name)
}
