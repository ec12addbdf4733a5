'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { bindingPlace, linkBinding } = require('./binding.cjs')
const { cudaBesides, cudaNeeded } = require('./engine-folder.cjs')
const { folderBytes, needSpace, readJson, writeJson } = require('./files.cjs')
const { SetupError } = require('./log.cjs')

/** Of the repository, what runs nothing. */
const leftOut = ['.git', '.cache', 'test-results', 'playwright-report', 'coverage', 'node_modules/.cache']
/** Of the cache: what is made again, and what only tests take. */
const cacheLeftOut = /^(npm|graphs|lock.*|work-.*|reports-.*|electron.*|tensorflow-.*|node-.*|engine\.json)$/

/**
 * Copies the repository as it is set up, with its cache inside, to a folder that works wherever it lies on a machine of the same kind (system, processor, a glibc
 * that is not older), without a network, npm, pip and a compiler: `FOLDER/bitw` starts it with the Node that comes along.
 *
 * @param nodePath of the cache's own Node
 */
async function packFolder({ root, cachePath, nodePath, target: asked, log }) {
  const target = path.resolve(asked)
  if (!path.relative(root, target).startsWith('..')) {
    throw new SetupError(`${target} lies inside the repository.`, 'Name a folder outside of it.')
  }
  if (fs.existsSync(target) && fs.readdirSync(target).length > 0) {
    throw new SetupError(`${target} is not empty.`, 'Name a folder that is empty or not there yet.')
  }
  const record = readJson(path.join(cachePath, 'engine.json'))
  needSpace(path.dirname(target), folderBytes(root) + folderBytes(cachePath), 'The copy')
  log.line(`Pack: copying to ${target}`)

  const isLeftOut = (file) => leftOut.includes(path.relative(root, file).split(path.sep).join('/'))
  // node_modules/.bin and the binding are links inside the repository: they stay links.
  copy(root, target, { verbatimSymlinks: true, filter: (file) => !isLeftOut(file) })

  const carried = path.join(target, '.cache', 'bit-workbench')
  for (const name of fs.readdirSync(cachePath)) {
    if (!cacheLeftOut.test(name)) copy(path.join(cachePath, name), path.join(carried, name))
  }
  const nodeFolder = path.dirname(path.dirname(nodePath))
  copy(nodeFolder, path.join(carried, path.basename(nodeFolder)))
  writeJson(
    path.join(carried, 'engine.json'),
    record.kind === 'none' ? record : packEngine({ root, cachePath, record, target, carried }),
  )
  writeLauncher(target, path.relative(cachePath, nodePath))
  log.line(
    `Pack: ${(folderBytes(target) / 1e9).toFixed(1)} GB. Carry the folder to the other machine, and start ${path.join(path.basename(target), 'bitw')} there.`,
  )
}

/** The engine, whole: where the libraries are the user's own, the files and not the links to them. Its record, for the copy. */
function packEngine({ root, cachePath, record, target, carried }) {
  const name = record.tensorflow === null ? record.plan : 'tensorflow-carried'
  const from = path.join(cachePath, record.plan)
  const to = path.join(carried, name)
  const binding = path.basename(fs.realpathSync(bindingPlace(root)))
  const addon = path.basename(record.graphAddon)
  // What was compiled from other sources stays behind.
  const isOld = (file) => file.endsWith('.node') && ![binding, addon].includes(path.basename(file))
  copy(from, to, { dereference: true, filter: (file) => !isOld(file) })
  linkBinding(target, path.join(to, binding), carried)
  const graphAddon = path.join(name, addon)
  if (record.tensorflow === null) return { ...record, graphAddon }

  const folders = record.libraryFolders.map((folder) => path.resolve(cachePath, folder))
  const hasCuda = folders.length > 0
  for (const folder of folders) copyCuda(folder, path.join(to, 'lib'))
  const data = record.cudaDataFolder === null ? null : path.resolve(cachePath, record.cudaDataFolder)
  for (const part of data === null ? [] : ['bin/ptxas', 'nvvm']) {
    const file = path.join(data, part)
    if (fs.existsSync(file)) copy(file, path.join(to, 'cuda_nvcc', part), { dereference: true })
  }
  return {
    ...record,
    plan: name,
    graphAddon,
    tensorflow: name,
    libraryFolders: hasCuda ? [path.join(name, 'lib')] : [],
    cudaDataFolder: data === null ? null : path.join(name, 'cuda_nvcc'),
  }
}

/** A machine's own CUDA is many times larger than what TensorFlow opens of it. */
function copyCuda(folder, target) {
  for (const name of fs.readdirSync(folder)) {
    const isWanted = [...cudaNeeded, ...cudaBesides].includes(name) || /^libcudnn.*\.so\.\d+$/.test(name)
    if (isWanted && !fs.existsSync(path.join(target, name)))
      copy(path.join(folder, name), path.join(target, name), { dereference: true })
  }
}

/** Starts the command line with the Node that was carried along: no other is needed. */
function writeLauncher(target, nodeInCache) {
  const file = path.join(target, 'bitw')
  const node = path.posix.join('.cache', 'bit-workbench', nodeInCache.split(path.sep).join('/'))
  const lines = [
    '#!/bin/sh',
    '# BiT Workbench, as it was set up elsewhere. "./bitw serve --open" shows it in a browser, "./bitw --help" names the commands.',
    'case $0 in */*) here=${0%/*} ;; *) here=. ;; esac',
    'here=$(CDPATH= cd -- "$here" && pwd)',
    `exec "$here/${node}" "$here/scripts/bitw.cjs" "$@"`,
  ]
  fs.writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o755 })
}

function copy(from, to, options = {}) {
  fs.cpSync(from, to, { recursive: true, mode: fs.constants.COPYFILE_FICLONE, ...options })
}

module.exports = { packFolder }
