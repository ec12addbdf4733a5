import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { DatasetSource, SourceAddress } from '../../src/main/sources/source'
import { addressOf, openSource } from '../../src/main/sources/sources'
import { makeImages, imageBytes, scan } from '../datasets/support/scan-helpers'
import { temporaryFolder, writeTree } from '../images/support/images'

beforeAll(makeImages)

const key = 'cat/2.jpg'

/** Two classes, of which one has a link to an image elsewhere; as the store would open it after the import. */
async function imported(): Promise<{ source: DatasetSource; link: string; target: string; outside: string }> {
  const outside = temporaryFolder()
  const rootPath = temporaryFolder()
  await writeTree(outside, { 'pool/a.jpg': imageBytes(2), 'secret.jpg': imageBytes(3) })
  await writeTree(rootPath, { 'cat/1.jpg': imageBytes(0), 'dog/1.jpg': imageBytes(1) })
  const link = join(rootPath, key)
  const target = join(outside, 'pool/a.jpg')
  await symlink(target, link)
  const { source, images } = await scan(rootPath)
  const links = images.flatMap(({ key: name, linkTarget }) =>
    linkTarget === null ? [] : [[name, linkTarget] as const],
  )
  const address: SourceAddress = { ...source, links }
  expect(address).toEqual({ ...(await addressOf(rootPath)), links: [[key, target]] })
  return { source: openSource(address), link, target, outside }
}

/** Everything that gives bytes or facts of an image. */
async function everyWay(source: DatasetSource): Promise<unknown[]> {
  const refused = (thrown: unknown): unknown => (thrown as { code?: unknown }).code
  return [
    await source.readInside(key).then((bytes) => bytes.length, refused),
    await source.read(key, 0, () => true).then(({ byteCount }) => byteCount, refused),
    source.readNow(key, 1e9)?.length ?? null,
    source.factsNow(key)?.size ?? null,
    (await source.check([key], { facts: null }))?.missing.size,
  ]
}

describe('a link to an image elsewhere', () => {
  it('opens what it led to when it was imported', async () => {
    const { source } = await imported()
    const size = imageBytes(2).length
    expect(await everyWay(source)).toEqual([size, size, size, size, 0])
  })

  it('opens nothing once it leads elsewhere, by itself or by a link on its way', async () => {
    const { source, link, target, outside } = await imported()
    const secret = join(outside, 'secret.jpg')
    await rm(link)
    await symlink(secret, link)
    expect(await everyWay(source)).toEqual(['not-allowed', 'not-allowed', null, null, 1])
    await expect(source.readInside(key)).rejects.toMatchObject({
      message: `${link} is now a link to ${secret}. When it was imported, it was a link to ${target}.`,
    })
    expect((await source.check([key], { facts: null }))?.missing.get(0)).toContain('is now a link to')
    await rm(link)
    await symlink(target, link)
    await rm(target)
    await symlink(secret, target)
    expect(await everyWay(source)).toEqual(['not-allowed', 'not-allowed', null, null, 1])
  })

  it('is gone with its target, and is no link any more where a file took its place', async () => {
    const { source, link, target, outside } = await imported()
    await rename(target, join(outside, 'moved.jpg'))
    expect(await everyWay(source)).toEqual(['path-not-found', 'ENOENT', null, null, 1])
    await rm(link)
    await writeFile(link, imageBytes(4))
    expect((await everyWay(source))[0]).toBe('not-allowed')
  })

  it('leaves the other images to the rule for all: nothing outside the folder', async () => {
    const { source, outside, link } = await imported()
    const inside = join(link, '../1.jpg')
    await rm(inside)
    await mkdir(join(outside, 'more'))
    await symlink(join(outside, 'secret.jpg'), inside)
    await expect(source.readInside('cat/1.jpg')).rejects.toMatchObject({ code: 'not-allowed' })
  })
})
