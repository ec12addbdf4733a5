/** Images in one archive, or in several of a folder: a key there is the archive's name and the path in it. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { folderProblem, type CheckOptions, type FileCheck } from '../../images/file-check'
import type { SourceWords } from '../source'
import { imagesOf } from './archive'
import { archiveFile, type IndexMaker } from './archive-file'

type Images = ReturnType<typeof imagesOf>

export function shardedImages(
  path: string,
  words: Pick<SourceWords, 'importAgain'>,
  maker: IndexMaker,
): Images {
  const whole = imagesOf(path, words, archiveFile(path, maker))
  const opened = new Map<string, Images>()
  let known: boolean | null = null

  /** Not known while nothing is there. */
  const isFolder = (): boolean => {
    try {
      known ??= statSync(path).isDirectory()
    } catch {
      // not to be reached now; whoever reads it says why
    }
    return known ?? false
  }

  function at(key: string): { readonly images: Images; readonly member: string } {
    if (!isFolder()) return { images: whole, member: key }
    const slash = key.indexOf('/')
    const name = key.slice(0, Math.max(0, slash))
    const shard = join(path, name)
    const images = opened.get(name) ?? imagesOf(shard, words, archiveFile(shard, maker))
    opened.set(name, images)
    return { images, member: key.slice(slash + 1) }
  }

  async function check(keys: readonly string[], options: CheckOptions): Promise<FileCheck | null> {
    const byShard = new Map<Images, number[]>()
    for (const [index, key] of keys.entries()) {
      const { images } = at(key)
      const indices = byShard.get(images) ?? []
      byShard.set(images, indices)
      indices.push(index)
    }
    const missing: [number, string][] = []
    const changed: number[] = []
    let done = 0
    for (const [images, indices] of byShard) {
      const pick = <T>(column: readonly T[]): T[] => indices.flatMap((index) => column[index] ?? [])
      const { facts } = options
      const found = await images.check(
        indices.map((index) => at(keys[index] ?? '').member),
        {
          facts:
            facts === null
              ? null
              : { byteCounts: pick(facts.byteCounts), modifiedMs: pick(facts.modifiedMs) },
          ...(options.stopped && { stopped: options.stopped }),
        },
      )
      if (found === null) return null
      for (const [index, why] of found.missing) missing.push([indices[index] ?? 0, why])
      for (const index of found.changed) changed.push(indices[index] ?? 0)
      options.onProgress?.((done += indices.length))
    }
    return {
      missing: new Map(missing.sort(([one], [other]) => one - other)),
      changed: changed.sort((one, other) => one - other),
    }
  }

  const images = <T>(key: string, ask: (images: Images, member: string) => T): T => {
    const found = at(key)
    return ask(found.images, found.member)
  }
  return {
    scope: path,
    nameOf: (key) => images(key, (shard, member) => shard.nameOf(member)),
    factsNow: (key) => images(key, (shard, member) => shard.factsNow(member)),
    readNow: (key, mostBytes) => images(key, (shard, member) => shard.readNow(member, mostBytes)),
    read: (key, ...request) => images(key, (shard, member) => shard.read(member, ...request)),
    place: (key) => images(key, (shard, member) => shard.place(member)),
    readInside: (key) => images(key, (shard, member) => shard.readInside(member)),
    async problem() {
      if (!isFolder()) return whole.problem()
      const reason = await folderProblem(path)
      return reason === null ? null : { reason, isGone: !existsSync(path) }
    },
    check,
  }
}
