'use strict'
const crypto = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const { SetupError } = require('./log.cjs')
const { runCommand } = require('./run-command.cjs')
const { tensorflowMembers } = require('./engine-plan.cjs')

/**
 * The compiled file of that name in the engine's folder, made where it is not there. Its name carries two hashes: of what it is made of, and of TensorFlow's
 * headers. So one that was compiled elsewhere (another engine of this cache, or a cache that was carried here) serves again, and neither the compiler nor the
 * headers are needed for it: it finds its libraries beside itself ($ORIGIN), wherever the cache lies.
 *
 * @param engine `{ folder, include, cachePath }`; include null where there are no headers
 * @param compile makes the file at the given path
 */
async function provideCompiled(stem, sourcesHash, engine, compile) {
  const { folder, include, cachePath } = engine
  const headersHash = include === null ? null : hashHeaders(include)
  const own = `${stem}-${sourcesHash}-`
  const exact = headersHash === null ? null : `${own}${headersHash}.node`
  const wanted = (name) => (exact === null ? name.startsWith(own) && name.endsWith('.node') : name === exact)
  const here = fs.readdirSync(folder).find(wanted)
  if (here !== undefined) return path.join(folder, here)
  const elsewhere = engineFolders(cachePath).flatMap((other) =>
    fs
      .readdirSync(other)
      .filter(wanted)
      .map((name) => path.join(other, name)),
  )[0]
  if (elsewhere !== undefined) {
    const copy = path.join(folder, path.basename(elsewhere))
    fs.copyFileSync(elsewhere, `${copy}.${process.pid}.tmp`)
    fs.renameSync(`${copy}.${process.pid}.tmp`, copy)
    return copy
  }
  if (exact === null) return null
  const built = path.join(folder, exact)
  await compile(built)
  return built
}

/** Whether all of these are compiled already, for whichever headers. */
function areCompiled(cachePath, stems) {
  const names = engineFolders(cachePath).flatMap((folder) => fs.readdirSync(folder))
  return stems.every((stem) => names.some((name) => name.startsWith(stem) && name.endsWith('.node')))
}

/** The engines of a cache. */
function engineFolders(cachePath) {
  if (!fs.existsSync(cachePath)) return []
  return fs
    .readdirSync(cachePath, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name.startsWith('tensorflow-'))
    .map((entry) => path.join(cachePath, entry.name))
}

/** Of the files that a wheel is unpacked for, whatever else the folder holds. */
function hashHeaders(include) {
  const hash = crypto.createHash('sha256')
  const prefixes = tensorflowMembers
    .filter((member) => member.startsWith('tensorflow/include/'))
    .map((member) => member.slice('tensorflow/include/'.length))
  const add = (name) => {
    for (const entry of fs.readdirSync(path.join(include, name), { withFileTypes: true }).sort(byName)) {
      const inner = name === '' ? entry.name : `${name}/${entry.name}`
      const isIn = prefixes.some((prefix) => inner.startsWith(prefix))
      const file = path.join(include, inner)
      if (fs.statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
        if (isIn || prefixes.some((prefix) => prefix.startsWith(`${inner}/`))) add(inner)
      } else if (isIn) hash.update(`${inner}\0`).update(fs.readFileSync(file))
    }
  }
  add('')
  return hash.digest('hex').slice(0, 16)
}

function byName(a, b) {
  return a.name < b.name ? -1 : 1
}

/** Of the files in these folders, names and contents, and of whatever else decides on what is compiled. */
function hashSources(folders, ...rest) {
  const hash = crypto.createHash('sha256').update(JSON.stringify([process.arch, ...rest]))
  for (const folder of folders) {
    for (const name of fs.readdirSync(folder).sort())
      hash.update(`${name}\0`).update(fs.readFileSync(path.join(folder, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

/** Throws where there is no C++ compiler: said before the large download, not after it. */
async function needCompiler() {
  const { missing } = await runCommand('g++', ['--version'])
  if (missing) throw noCompiler()
}

function noCompiler() {
  return new SetupError(
    'g++ is not there: the command "g++" was not found.',
    'Install a C++ compiler (Debian: apt-get install g++), then run "npm run setup" again; or carry a set-up here that was made elsewhere (npm run setup -- --pack FOLDER).',
  )
}

module.exports = { areCompiled, engineFolders, hashSources, needCompiler, noCompiler, provideCompiled }
