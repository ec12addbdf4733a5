/** Bundles with other content, whole in themselves: lengths and hashes are those of what is in them. */
import { closeSync, openSync } from 'node:fs'
import { members } from '../../../src/main/exchange/bundle-format'
import { createZipWriter } from '../../../src/main/exchange/zip-writer'
import { versionHashOf } from '../../../src/main/store/runs/bundled-runs'
import { withFile } from '../../../src/main/weights/file-reader'
import { readZipDirectory, readZipEntry } from '../../../src/main/weights/zip-read'

/** `change`: the text that a member has then. */
export async function rewriteBundle(
  from: string,
  to: string,
  change: (name: string, text: string) => string,
): Promise<void> {
  const handle = openSync(to, 'w')
  const zip = createZipWriter(handle)
  const files: Record<string, unknown> = {}
  const texts = new Map<string, Buffer>()
  await withFile(from, async (reader) => {
    for (const entry of await readZipDirectory(reader)) {
      const parts: Buffer[] = []
      for await (const piece of readZipEntry(reader, entry)) parts.push(piece)
      texts.set(entry.name, Buffer.concat(parts))
    }
  })
  const changed = (name: string): Buffer => {
    const bytes = texts.get(name) ?? Buffer.alloc(0)
    return /\.(json|jsonl|csv)$/.test(name) ? Buffer.from(change(name, bytes.toString())) : bytes
  }
  const dataset = JSON.parse(changed(members.dataset).toString()) as {
    classNames: string[]
    versionSha256: string
  }
  const images = changed(members.images).toString().trim().split('\n')
  dataset.versionSha256 = versionHashOf(
    images.map((line) => JSON.parse(line)),
    dataset.classNames,
  )
  for (const name of texts.keys()) {
    if (name === members.manifest) continue
    const content = name === members.dataset ? Buffer.from(`${JSON.stringify(dataset)}\n`) : changed(name)
    files[name] = await zip.add(name, [content], true)
  }
  const manifest = { ...(JSON.parse(String(texts.get(members.manifest))) as object), files }
  await zip.add(members.manifest, [Buffer.from(JSON.stringify(manifest))], false)
  zip.end()
  closeSync(handle)
}

/** images.jsonl whose first image is somewhere else. */
export function outside(text: string): string {
  const [first = '', ...rest] = text.split('\n')
  const image = JSON.parse(first) as Record<string, unknown>
  return [JSON.stringify({ ...image, path: '../../../etc/secret.png' }), ...rest].join('\n')
}
