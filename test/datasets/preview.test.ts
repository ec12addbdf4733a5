import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createPreview } from '../../src/main/datasets/preview'
import { temporaryFolder, writeTree } from '../images/support/images'
import { zipOf } from '../sources/support/archives'
import { datasetWith, imageBytes, makeImages } from './support/scan-helpers'

beforeAll(makeImages)

describe('the preview of an import', () => {
  it('counts classes and parts, shows an image of each class, and says what would be left out and why', async () => {
    const path = await datasetWith({
      'cat/2.jpg': imageBytes(2),
      'cat/.hidden.jpg': imageBytes(2),
      'dog/notes.txt': 'not an image',
      'dog/without-extension': imageBytes(4),
      'loose.jpg': imageBytes(3),
      'empty/readme.md': '',
    })
    const { examples, leftOut, ...preview } = await createPreview()({ path })
    expect(preview).toEqual({
      kind: 'folder',
      kindText: 'Folder of images',
      name: path.split('/').at(-1),
      imageCount: 4,
      classCount: 2,
      classes: [
        { name: 'cat', imageCount: 2 },
        { name: 'dog', imageCount: 2 },
      ],
      parts: { train: 0, val: 0, test: 0, none: 4 },
      columns: null,
      fault: null,
      isTooLarge: false,
      isUnlabelled: false,
    })
    expect(examples.map(({ className, key }) => [className, key])).toEqual([
      ['cat', 'cat/1.jpg'],
      ['dog', 'dog/1.jpg'],
    ])
    for (const { dataUrl } of examples) expect(dataUrl).toMatch(/^data:image\/(webp|jpeg);base64,\w{20}/)
    expect(
      leftOut.map(({ severity, count, example }) => `${severity} ${String(count)} ${example.path}`),
    ).toEqual(['error 1 empty', 'error 1 loose.jpg', 'note 1 cat/.hidden.jpg', 'note 2 dog/notes.txt'])
  })

  it('says of images without classes, or where the folders are none, that they wait for labels', async () => {
    const path = await datasetWith({ 'dog/2.jpg': imageBytes(2) })
    const chosen = await createPreview()({ path, folders: 'unlabelled' })
    expect(chosen).toMatchObject({ isUnlabelled: true, classCount: 0, classes: [], fault: null })
    expect(chosen.imageCount).toBe(chosen.examples.length)
  })

  it('is that of an archive as of a folder, with its parts', async () => {
    const path = join(temporaryFolder(), 'pets.zip')
    const names = ['train/cat/1.jpg', 'train/dog/1.jpg', 'test/cat/1.jpg', 'test/dog/1.jpg']
    const files = names.map((name, index) => ({ name, bytes: imageBytes(index) }))
    await writeTree(join(path, '..'), { 'pets.zip': zipOf(files) })
    const preview = await createPreview()({ path })
    expect(preview).toMatchObject({
      kind: 'zip',
      name: 'pets',
      imageCount: 4,
      parts: { train: 2, val: 0, test: 2, none: 0 },
    })
    expect(preview.examples).toHaveLength(2)
  })

  it('has the columns of a table, with those that are chosen, and the question where they are unclear', async () => {
    const path = await datasetWith({
      'table.csv':
        'file,genus,family,part\ncat/1.jpg,x,p,train\ndog/1.jpg,y,q,test\ncat/1.jpg,x,p,train\ndog/1.jpg,y,q,test\n',
    })
    const preview = createPreview()
    const table = join(path, 'table.csv')
    const names = ['file', 'genus', 'family', 'part']
    expect(await preview({ path: table })).toMatchObject({
      kind: 'table',
      imageCount: 0,
      columns: { names, path: 'file', label: null, part: 'part' },
      fault: { code: 'columns-unclear' },
    })
    const chosen = await preview({ path: table, columns: { label: 'family', part: null } })
    expect(chosen).toMatchObject({
      columns: { names, path: 'file', label: 'family', part: null },
      classes: [{ name: 'p' }, { name: 'q' }],
      parts: { none: 2 },
      fault: null,
    })
    expect(chosen.columns?.rows[0]).toEqual(['cat/1.jpg', 'x', 'p', 'train'])
    expect(chosen.leftOut).toMatchObject([{ severity: 'error', count: 2, example: { path: 'table.csv:4' } }])
  })

  it('shows what there is beside a fault: one class, folders that can be read in two ways', async () => {
    const one = temporaryFolder()
    await writeTree(one, { 'cat/1.jpg': imageBytes(0) })
    expect(await createPreview()({ path: one })).toMatchObject({
      imageCount: 1,
      classes: [{ name: 'cat', imageCount: 1 }],
      fault: { code: 'dataset-one-class' },
    })
    const two = await datasetWith({ 'train/cat/1.jpg': imageBytes(0), 'field/cat/1.jpg': imageBytes(1) })
    expect(await createPreview()({ path: two })).toMatchObject({ fault: { code: 'layout-unclear' } })
    expect(await createPreview()({ path: two, folders: 'classes' })).toMatchObject({ fault: null })
  })

  it('looks for no more files than asked for, and ends for a newer question', async () => {
    const path = await datasetWith({ 'cat/2.jpg': imageBytes(2), 'dog/2.jpg': imageBytes(2) })
    const preview = createPreview()
    expect(await preview({ path, most: 1 })).toMatchObject({ isTooLarge: true, imageCount: 0 })
    const older = preview({ path })
    const newer = preview({ path })
    await expect(older).rejects.toMatchObject({ code: 'cancelled' })
    expect((await newer).imageCount).toBe(4)
  })

  it('throws what an import would throw where nothing can be shown', async () => {
    await expect(createPreview()({ path: join(temporaryFolder(), 'none') })).rejects.toMatchObject({
      code: 'path-not-found',
    })
  })
})
