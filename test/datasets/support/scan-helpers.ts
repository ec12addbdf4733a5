/** What the tests of scanning share. */
import type { Problem } from '../../../src/contract/entities/dataset'
import { scanDataset, type ScanOptions } from '../../../src/main/datasets/scan'
import type { ScanResult } from '../../../src/main/datasets/scan-result'
import { addressOf } from '../../../src/main/sources/sources'
import { encode, temporaryFolder, writeTree } from '../../images/support/images'

const images: Buffer[] = []

/** To be called before all tests of a file. */
export async function makeImages(): Promise<void> {
  for (let seed = 0; seed < 8; seed++) images.push(await encode(seed))
}

/** One of eight small JPEGs of different content. */
export function imageBytes(index: number): Buffer {
  return images[index] ?? Buffer.alloc(0)
}

export async function scan(rootPath: string, more: Partial<ScanOptions> = {}): Promise<ScanResult> {
  return scanDataset({
    source: await addressOf(rootPath),
    split: { valFraction: 0, testFraction: 0, seed: 0 },
    signal: new AbortController().signal,
    onProgress: () => undefined,
    ...more,
  })
}

/** Two good classes, and what the test is about. */
export async function datasetWith(files: Readonly<Record<string, Buffer | string>>): Promise<string> {
  const rootPath = temporaryFolder()
  await writeTree(rootPath, { 'cat/1.jpg': imageBytes(0), 'dog/1.jpg': imageBytes(1), ...files })
  return rootPath
}

export function problemAt(result: ScanResult, path: string): Problem | undefined {
  return result.problems.find((problem) => problem.path === path)
}

export function brief(problem: Problem | undefined): string {
  return problem === undefined ? 'nothing' : `${problem.severity} ${problem.code}`
}
