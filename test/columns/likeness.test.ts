import { describe, expect, it } from 'vitest'
import { createColumns } from '../../src/main/columns/columns'
import { imageLayout } from '../../src/main/store/datasets/images'
import { putCheck } from '../../src/main/store/datasets/preflight'
import { contentHashes } from '../../src/main/store/datasets/stored-images'
import { addDataset, syntheticScan, temporaryStore } from '../store/support/home'

/** Eight images of two classes on a quarter of a circle: each is most like its neighbours. The last has no features. */
function filled() {
  const { db } = temporaryStore()
  const datasetId = addDataset(db, 'trees', syntheticScan(['elm', 'oak'], 4))
  const { ids } = imageLayout(db, datasetId, {})
  const hashes = contentHashes(db, ids)
  let revision = 1
  /** Called as features of an image are read, after they were. */
  let onRead = (_hash: string): void => undefined
  const vectors = new Map(
    hashes
      .slice(0, 7)
      .map((hash, index) => [hash, Float32Array.of(5 * Math.cos(index / 5), 5 * Math.sin(index / 5))]),
  )
  const columns = createColumns(db, {
    folder: null,
    writes: false,
    features: {
      key: () => Promise.resolve('tiny'),
      revision: () => revision,
      get: (_, hash) => {
        const found = vectors.get(hash) ?? null
        onRead(hash)
        return found
      },
    },
  })
  const found = async (query: string): Promise<number[]> => {
    const { images, rows } = await columns.images(datasetId, query)
    return Array.from(rows, (row) => ids.indexOf(images.ids[row] ?? 0))
  }
  const forget = (index: number): void => {
    vectors.delete(hashes[index] ?? '')
    revision++
  }
  /** Once the last of them is read for the second time: first their space is found, then the rows in it. */
  const forgetDuringPass = (index: number): void => {
    let passes = 0
    onRead = (hash) => {
      if (hash !== hashes[6] || ++passes < 2) return
      onRead = () => undefined
      forget(index)
    }
  }
  return { db, datasetId, ids, hashes, columns, found, forget, forgetDuringPass }
}

describe('a query for what is like an image', () => {
  it('finds the most alike first, and leaves out what has no features', async () => {
    const { found, ids } = filled()
    expect(await found(`like:${String(ids[0])}`)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(await found(`like:${String(ids[6])}`)).toEqual([6, 5, 4, 3, 2, 1, 0])
  })

  it('goes together with other words, and with an order of its own', async () => {
    const { found, ids } = filled()
    expect(await found(`like:${String(ids[2])} class:oak`)).toEqual([4, 5, 6])
    expect(await found(`like:${String(ids[6])} sort:path`)).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('takes a path, and of several images the one that is nearer', async () => {
    const { found, ids, db } = filled()
    const path = db
      .prepare<[number], { path: string }>('SELECT path FROM images WHERE id = ?')
      .get(ids[6] ?? 0)
    expect((await found(`like:"${path?.path ?? ''}"`))[0]).toBe(6)
    const ofBoth = await found(`like:${String(ids[0])},${String(ids[6])}`)
    expect(ofBoth.slice(0, 2).sort()).toEqual([0, 6])
    expect([2, 3]).toContain(ofBoth.at(-1))
  })

  it('follows what was computed since', async () => {
    const { found, ids, forget } = filled()
    await found(`like:${String(ids[0])}`)
    forget(1)
    expect(await found(`like:${String(ids[0])}`)).toEqual([0, 2, 3, 4, 5, 6])
  })

  it('asks again where something was computed while it was answered', async () => {
    const { found, ids, forgetDuringPass } = filled()
    forgetDuringPass(1)
    expect(await found(`like:${String(ids[0])}`)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(await found(`like:${String(ids[0])}`)).toEqual([0, 2, 3, 4, 5, 6])
  })

  it('says what is missing', async () => {
    const { found, ids } = filled()
    await expect(found(`like:${String(ids[7])}`)).rejects.toMatchObject({ code: 'features-missing' })
    await expect(found('like:nobody')).rejects.toMatchObject({ code: 'not-found' })
    await expect(found('like:')).rejects.toMatchObject({ code: 'bad-input' })
  })
})

describe('the images most like one', () => {
  it('are given with how alike they are, without it itself', async () => {
    const { columns, datasetId, ids } = filled()
    const { images, rows, cosines } = await columns.alike(
      { datasetId },
      { imageId: ids[3] ?? 0, part: null, limit: 2 },
    )
    expect(Array.from(rows, (row) => ids.indexOf(images.ids[row] ?? 0)).sort()).toEqual([2, 4])
    // cosines of the roots: so few images tell no directions
    const roots = (angle: number): number[] => [Math.sqrt(Math.cos(angle)), Math.sqrt(Math.sin(angle))]
    const [x = 0, y = 0] = roots(0.6)
    const wanted = [0.4, 0.8]
      .map(roots)
      .map(([u = 0, v = 0]) => (x * u + y * v) / Math.hypot(x, y) / Math.hypot(u, v))
    expect(cosines[0]).toBeCloseTo(Math.max(...wanted), 2)
    expect(cosines[1]).toBeCloseTo(Math.min(...wanted), 2)
  })
})

describe('a query for near-duplicates', () => {
  it('finds those of the last check, the groups together', async () => {
    const { db, datasetId, found, hashes } = filled()
    await expect(found('is:near-duplicate')).rejects.toThrow('was not checked yet')
    const group = (...indices: number[]) => ({
      kind: 'same-image' as const,
      contentHashes: indices.map((index) => hashes[index] ?? ''),
    })
    const { id: splitId } = db
      .prepare<[number], { id: number }>('SELECT current_split_id AS id FROM datasets WHERE id = ?')
      .get(datasetId) ?? { id: 0 }
    putCheck(db, datasetId, { splitId, checkedAtMs: 1, unreadCount: 0 }, [group(1, 6), group(0, 3)])
    expect(await found('is:near-duplicate')).toEqual([1, 6, 0, 3])
    expect(await found('-is:near-duplicate')).toEqual([2, 4, 5, 7])
  })
})
