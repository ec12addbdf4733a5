/**
 * The workbench as it stands on a machine to which it was carried: another place, a cache of its own, and no network, npm, pip or compiler. Links stand for what
 * is large and not written to.
 */
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { buildProgram } from '../support/build-trainer'
import { sourceHash } from './setup-modules'

const ours = resolve('.')

export interface Outcome {
  readonly status: number | null
  readonly output: string
}

/** The repository in `folder/root`, with programs built for it. */
export async function carryRoot(folder: string): Promise<string> {
  const root = join(folder, 'root')
  mkdirSync(join(root, 'out'), { recursive: true })
  for (const name of [
    'package.json',
    'package-lock.json',
    'electron.vite.config.ts',
    'dev-server.config.ts',
    'tsconfig.base.json',
  ])
    copyFileSync(join(ours, name), join(root, name))
  cpSync(join(ours, 'scripts'), join(root, 'scripts'), { recursive: true })
  for (const name of ['src', 'resources']) symlinkSync(join(ours, name), join(root, name))
  carryPackages(root)
  const programs = await buildProgram('cli')
  cpSync(dirname(programs), join(root, 'out', 'main'), { recursive: true })
  writeFileSync(join(root, 'out', 'build.json'), JSON.stringify({ sourceHash: sourceHash(root) }))
  return root
}

/** All packages as links, but for the one that the set-up writes to. */
function carryPackages(root: string): void {
  const written = 'tfjs-node-gpu'
  const link = (...path: string[]): void =>
    symlinkSync(join(ours, 'node_modules', ...path), join(root, 'node_modules', ...path))
  mkdirSync(join(root, 'node_modules', '@tensorflow'), { recursive: true })
  for (const name of readdirSync(join(ours, 'node_modules'))) if (name !== '@tensorflow') link(name)
  for (const name of readdirSync(join(ours, 'node_modules', '@tensorflow')))
    if (name !== written) link('@tensorflow', name)
  const path = ['node_modules', '@tensorflow', written]
  cpSync(join(ours, ...path), join(root, ...path), {
    recursive: true,
    filter: (file) => !file.endsWith('tfjs_binding.node'),
  })
}

/** A Node in a folder that holds nothing else: what comes with this one (npm) must not be found beside it. */
export function carryNode(cachePath: string): string {
  const path = join(cachePath, 'node-carried', 'bin', 'node')
  mkdirSync(dirname(path), { recursive: true })
  try {
    linkSync(process.execPath, path)
  } catch {
    copyFileSync(process.execPath, path) // on another disk
  }
  return path
}

/** Without a network where the system lets us take it away; in any case with indexes that do not answer. */
export function runCarried(
  nodePath: string,
  cachePath: string,
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Outcome {
  const nowhere = 'http://127.0.0.1:9/'
  const alone = spawnSync('unshare', ['-rn', 'true']).status === 0
  const unshare = ['/usr/bin/unshare', '/bin/unshare'].find((path) => existsSync(path))
  const [program, ...rest] = alone && unshare !== undefined ? [unshare, '-rn', nodePath] : [nodePath]
  const { status, stdout, stderr } = spawnSync(program, [...rest, ...words], {
    encoding: 'utf8',
    env: {
      PATH: '/nowhere',
      HOME: cachePath,
      BITW_CACHE: cachePath,
      PIP_INDEX_URL: nowhere,
      npm_config_registry: nowhere,
      ...more,
    },
  })
  return { status, output: `${stdout}${stderr}` }
}
