/**
 * Who may import whom: one row a folder of `src`. The linter asks it while code is written, test/layers.test.ts asks it of the whole tree, and the table
 * of rooms in ARCHITECTURE.md is these rows.
 */
import { posix } from 'node:path'

/**
 * @typedef {object} Room
 * @property {string} folder Below `src`; a `*` at its end takes the files whose names begin so. The longest that fits a file is its room.
 * @property {string} holds What is in it, for the table.
 * @property {readonly string[]} rooms Whose code it may import, beside its own, `contract`, `domain` and `domain/recipe`; below `src/main` without that. A `/*` takes the rooms inside too.
 * @property {readonly string[]} packages What it may load; `node:` stands for all that is Node's.
 */

/** @type {readonly Room[]} */
const rooms = [
  { folder: 'contract', holds: 'calls, events, entities, errors: zod schemas', rooms: [], packages: ['zod'] },
  {
    folder: 'domain',
    holds: 'pure: rules, budget, model sizes, estimates, split',
    rooms: [],
    packages: ['node:crypto'],
  },
  { folder: 'domain/query', holds: 'the query language: grammar, fields, meaning', rooms: [], packages: [] },
  {
    folder: 'domain/recipe',
    holds: 'the table of recipe fields, and its schemas',
    rooms: [],
    packages: ['zod'],
  },
  {
    folder: 'main/files',
    holds: "the user's files: opened without a wait, replaced only where ours; temporary ones",
    rooms: [],
    packages: ['node:'],
  },
  {
    folder: 'main/store',
    holds: 'SQLite: a file an entity, migrations, the lock',
    rooms: ['files'],
    packages: ['better-sqlite3', 'zod', 'node:'],
  },
  {
    folder: 'main/images',
    holds: 'an image file: check, decode, resize, crop',
    rooms: ['files'],
    packages: ['sharp', '@cornerstonejs/codec-libjpeg-turbo-8bit', 'virtual:wasm-jpeg', 'node:'],
  },
  {
    folder: 'main/sources',
    holds: 'what images come from: folder, list, table, archive, boxes, Parquet',
    rooms: ['files', 'images'],
    packages: ['csv-parse', 'fast-xml-parser', 'hyparquet', 'hyparquet-compressors', 'yaml', 'zod', 'node:'],
  },
  {
    folder: 'main/weights',
    holds: 'weights files: npz, safetensors',
    rooms: ['files'],
    packages: ['zod', 'node:'],
  },
  {
    folder: 'main/protocol',
    holds: 'the messages between core and trainer, both ends',
    rooms: [],
    packages: ['node:'],
  },
  {
    folder: 'main/app',
    holds: 'what every handler gets; folders, clock, events',
    rooms: ['files', 'sources', 'store'],
    packages: ['zod', 'node:'],
  },
  { folder: 'main/tasks', holds: 'long work with progress and cancel', rooms: ['app'], packages: ['node:'] },
  {
    folder: 'main/columns',
    holds: 'images and predictions in memory, for queries',
    rooms: ['store'],
    packages: ['node:'],
  },
  {
    folder: 'main/datasets',
    holds: 'import, scan, samples, image lists',
    rooms: ['app', 'columns', 'files', 'images', 'sources', 'store', 'tasks'],
    packages: ['sharp', 'node:'],
  },
  {
    folder: 'main/preflight',
    holds: 'what is wrong with a dataset before a training',
    rooms: ['app', 'images', 'sources', 'store', 'tasks'],
    packages: ['node:'],
  },
  {
    folder: 'main/labels',
    holds: 'corrections of labels, and patches of them',
    rooms: ['app', 'columns', 'files', 'report', 'sources', 'store'],
    packages: ['csv-parse', 'node:'],
  },
  {
    folder: 'main/image-exports',
    holds: 'chosen images, written out',
    rooms: ['app', 'columns', 'files', 'report', 'sources', 'store', 'tasks'],
    packages: ['node:'],
  },
  {
    folder: 'main/views',
    holds: 'queries with a name',
    rooms: ['app', 'store'],
    packages: [],
  },
  {
    folder: 'main/settings',
    holds: 'what was set for the home; who is told of ends of runs',
    rooms: ['app', 'store'],
    packages: ['node:'],
  },
  {
    folder: 'main/engine',
    holds: 'this machine and the engine it can use',
    rooms: ['app', 'protocol'],
    packages: ['zod', 'node:'],
  },
  {
    folder: 'main/costs',
    holds: 'what a training takes here: time, memory',
    rooms: ['engine', 'store'],
    packages: ['node:'],
  },
  {
    folder: 'main/models',
    holds: 'models: files, downloads, cards',
    rooms: ['app', 'costs', 'files', 'store', 'tasks', 'weights'],
    packages: ['undici', 'zod', 'node:'],
  },
  {
    folder: 'main/runs',
    holds: 'history of runs, stored predictions',
    rooms: ['app', 'columns', 'store'],
    packages: [],
  },
  {
    folder: 'main/checkpoints',
    holds: 'checkpoints of runs: what is kept, and what it takes',
    rooms: ['app', 'store'],
    packages: [],
  },
  {
    folder: 'main/ratings',
    holds: 'what people say of predictions and labels',
    rooms: ['app', 'columns', 'files', 'images', 'report', 'store', 'tasks'],
    packages: ['zod', 'node:'],
  },
  {
    folder: 'main/training',
    holds: 'plan, checks, start, feed, resume of a run',
    rooms: ['app', 'costs', 'engine', 'images', 'labels', 'models', 'protocol', 'sources', 'store', 'tasks'],
    packages: ['node:'],
  },
  {
    folder: 'main/predict',
    holds: 'asking a model about images',
    rooms: ['app', 'datasets', 'engine', 'images', 'models', 'protocol', 'report', 'store', 'tasks'],
    packages: ['node:'],
  },
  {
    folder: 'main/features',
    holds: 'features of datasets, and what they tell: likeness, suggestions, maps',
    rooms: ['app', 'models', 'predict', 'store', 'tasks'],
    packages: ['node:'],
  },
  {
    folder: 'main/exports',
    holds: 'starting an export',
    rooms: ['app', 'engine', 'files', 'models', 'protocol', 'tasks'],
    packages: ['node:'],
  },
  {
    folder: 'main/exchange',
    holds: 'runs that leave this workbench, and runs that come to it',
    rooms: ['app', 'files', 'models', 'report', 'sources', 'store', 'tasks', 'weights'],
    packages: ['csv-parse', 'yaml', 'zod', 'node:'],
  },
  {
    folder: 'main/report',
    holds: 'runs and ratings as one HTML file; CSV and npz tables',
    rooms: ['files', 'weights'],
    packages: ['node:'],
  },
  {
    folder: 'main/host',
    holds: '`compose.ts`, the only wiring of the core; paths',
    rooms: [
      'app',
      'checkpoints',
      'columns',
      'datasets',
      'engine',
      'exchange',
      'exports',
      'features',
      'files',
      'image-exports',
      'labels',
      'models',
      'predict',
      'preflight',
      'ratings',
      'runs',
      'settings',
      'store',
      'tasks',
      'training',
      'views',
    ],
    packages: ['zod', 'node:'],
  },
  {
    folder: 'main/rpc',
    holds: 'the port over a WebSocket or a process channel',
    rooms: [],
    packages: ['ws', 'zod', 'node:'],
  },
  {
    folder: 'main/host/window*',
    holds: 'the window, its menu and dialogs',
    rooms: ['host', 'report', 'rpc'],
    packages: ['electron', 'zod', 'node:'],
  },
  {
    folder: 'main/watch',
    holds: 'images that arrive in a folder, and the file that tells of them',
    rooms: ['files', 'images'],
    packages: ['csv-parse', 'node:'],
  },
  {
    folder: 'main/mcp',
    holds: 'what an agent can ask',
    rooms: [],
    packages: ['@modelcontextprotocol/sdk', 'zod'],
  },
  {
    folder: 'main/cli',
    holds: 'commands',
    rooms: ['host', 'engine', 'files', 'mcp', 'protocol', 'report', 'rpc', 'watch'],
    packages: ['@modelcontextprotocol/sdk', 'commander', 'node:'],
  },
  {
    folder: 'main/trainer',
    holds: 'the process that loads TensorFlow: `child.ts`',
    rooms: ['images', 'protocol', 'trainer/*'],
    packages: ['node:'],
  },
  {
    folder: 'main/trainer/data',
    holds: 'caches, augmentation, batches',
    rooms: ['images', 'protocol', 'sources'],
    packages: ['node:'],
  },
  { folder: 'main/trainer/network', holds: 'layers and ResNet-v2', rooms: [], packages: ['@tensorflow'] },
  {
    folder: 'main/trainer/engines',
    holds: 'TensorFlow, WebAssembly, WebGPU; recording',
    rooms: ['engine', 'files', 'images', 'protocol', 'trainer/network'],
    packages: ['@tensorflow', 'zod', 'node:', 'virtual:wasm-kernels'],
  },
  {
    folder: 'main/trainer/step',
    holds: 'step, loop, evaluation',
    rooms: [
      'files',
      'images',
      'protocol',
      'sources',
      'trainer/data',
      'trainer/engines',
      'trainer/network',
      'trainer/probe',
      'weights',
    ],
    packages: ['@tensorflow', 'zod', 'node:'],
  },
  {
    folder: 'main/trainer/probe',
    holds: 'the linear probe',
    rooms: ['images', 'trainer/data', 'trainer/network', 'trainer/predict', 'trainer/step'],
    packages: ['@tensorflow', 'node:'],
  },
  {
    folder: 'main/trainer/predict',
    holds: 'answering what images show',
    rooms: [
      'images',
      'sources',
      'trainer/data',
      'trainer/engines',
      'trainer/network',
      'trainer/step',
      'weights',
    ],
    packages: ['@tensorflow', 'node:'],
  },
  {
    folder: 'main/trainer/export',
    holds: 'formats, their runtimes, the certificate',
    rooms: ['engine', 'images', 'trainer/engines', 'trainer/network', 'trainer/step', 'weights'],
    packages: ['@tensorflow', 'onnxruntime-node', 'protobufjs', 'sharp', 'node:'],
  },
  {
    folder: 'main/bench',
    holds: 'what `bench` measures from inside',
    rooms: [
      'columns',
      'datasets',
      'engine',
      'exchange',
      'images',
      'labels',
      'protocol',
      'ratings',
      'runs',
      'sources',
      'store',
      'trainer/*',
      'weights',
    ],
    packages: ['sharp', 'node:'],
  },
  {
    folder: 'main',
    holds:
      'entries: `index.ts`, `core.ts`, `cli.ts`, `checker.ts`, `mapper.ts`, `checkpointer.ts`, `indexer.ts`',
    rooms: ['cli', 'datasets', 'host', 'host/window*', 'rpc', 'store'],
    packages: ['commander', 'electron', 'umap-js', 'node:'],
  },
  { folder: 'preload', holds: 'what the page gets from Electron', rooms: [], packages: ['electron'] },
  { folder: 'renderer', holds: '`App.svelte`, routes, words', rooms: ['renderer/*'], packages: ['svelte'] },
  {
    folder: 'renderer/transport',
    holds: 'the client of the port',
    rooms: ['renderer'],
    packages: ['zod'],
  },
  {
    folder: 'renderer/state',
    holds: 'rune classes that ask and follow events',
    rooms: ['renderer', 'renderer/transport'],
    packages: ['svelte', 'tinykeys', 'zod'],
  },
  { folder: 'renderer/charts', holds: 'plots, from props alone', rooms: ['renderer'], packages: ['svelte'] },
  {
    folder: 'renderer/ui',
    holds: 'parts, from props alone',
    rooms: ['renderer'],
    packages: ['@lucide', 'bits-ui', 'marked', 'svelte'],
  },
  {
    folder: 'renderer/features',
    holds: 'the screens',
    rooms: ['renderer', 'renderer/charts', 'renderer/state', 'renderer/ui'],
    packages: ['svelte'],
  },
  {
    folder: 'renderer/shell',
    holds: 'the frame around them',
    rooms: ['renderer', 'renderer/state', 'renderer/transport', 'renderer/ui'],
    packages: ['svelte'],
  },
  {
    folder: 'wasm',
    holds: 'AssemblyScript: the WebAssembly engine’s kernels, the reading of JPEG codes',
    rooms: [],
    packages: ['assemblyscript', 'vite', 'node:'],
  },
]

/** The room of a file below `src`, or null. @param {string} file */
function roomOf(file) {
  let found = null
  for (const room of rooms) {
    const fits = room.folder.endsWith('*')
      ? file.startsWith(room.folder.slice(0, -1))
      : file.startsWith(`${room.folder}/`)
    if (fits && (found === null || room.folder.length > found.folder.length)) found = room
  }
  return found
}

/**
 * Why a file may not import something, or null where it may.
 * @param {string} file Below `src`.
 * @param {string} specifier As it stands in the file.
 * @param {boolean} typeOnly Types carry no code: on the main side they are free.
 * @returns {string | null}
 */
export function importFault(file, specifier, typeOnly) {
  const room = roomOf(file)
  if (room === null) return `src/${file} is in no room of scripts/layers.mjs.`
  const isRelative = specifier.startsWith('.')
  const target = isRelative ? posix.normalize(posix.join(posix.dirname(file), specifier)) : specifier
  const onMainSide = room.folder.startsWith('main')
  if (!isRelative) {
    if (room.packages.some((name) => isPackage(target, name)) || (typeOnly && onMainSide)) return null
    return `${room.folder} may not load ${target}: see scripts/layers.mjs.`
  }
  const other = roomOf(target)
  // Files beside the rooms, such as package.json.
  if (other === null || other === room) return null
  if (mayImport(room.folder, other.folder)) return null
  if (typeOnly && onMainSide && other.folder.startsWith('main')) return null
  if (room.rooms.some((name) => takes(name, other.folder))) return null
  return `${room.folder} may not import ${other.folder}: see scripts/layers.mjs.`
}

/** What stands below the others: the recipe's fields below the contract, that below the domain. @param {string} folder @param {string} below */
function mayImport(folder, below) {
  if (below === 'domain/recipe') return !['preload', 'wasm'].includes(folder)
  if (below === 'contract') return !['domain/recipe', 'wasm'].includes(folder)
  if (below === 'domain' || below === 'domain/query')
    return !['contract', 'domain/recipe', 'preload', 'wasm'].includes(folder)
  return false
}

/** The table of rooms as Markdown, a line each. */
export function roomTable() {
  return rooms.map(({ folder, holds }) => `| \`${folder}\` | ${holds} |`)
}

/** @param {string} listed @param {string} folder */
function takes(listed, folder) {
  const inside = listed.endsWith('/*')
  const name = inside ? listed.slice(0, -2) : listed
  return [name, `main/${name}`].some(
    (whole) => folder === whole || (inside && folder.startsWith(`${whole}/`)),
  )
}

/** @param {string} target @param {string} name */
function isPackage(target, name) {
  return name.endsWith(':') ? target.startsWith(name) : target === name || target.startsWith(`${name}/`)
}
