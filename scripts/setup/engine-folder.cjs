'use strict'
const fs = require('node:fs')
const path = require('node:path')

const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']
/** Of the headers, those that say whether the rest is there: what our sources and the binding include. */
const headers = [
  'tensorflow/c/c_api.h',
  'tensorflow/c/eager/c_api.h',
  'tensorflow/c/kernels.h',
  'tensorflow/c/ops.h',
  'tensorflow/c/tf_tstring.h',
  'tensorflow/core/platform/ctstring_internal.h',
]
/** Without one of these, TensorFlow 2.20 leaves the graphics card alone. */
const cudaNeeded = [
  'libcudart.so.12',
  'libcublas.so.12',
  'libcublasLt.so.12',
  'libcudnn.so.9',
  'libcufft.so.11',
  'libcusolver.so.11',
  'libcusparse.so.12',
]
/** What those, or XLA, open besides. */
const cudaBesides = [
  'libnvJitLink.so.12',
  'libnvrtc.so.12',
  'libcupti.so.12',
  'libcurand.so.10',
  'libnccl.so.2',
]

/**
 * What a folder that the user names holds of TensorFlow, whichever way it was filled: all in one folder, a pip wheel (its `tensorflow` folder or the
 * `site-packages` around it), or what gpu-pieces' unpack.sh makes (`tensorflow` and `lib`).
 *
 * @param options.moreHeaders include folders to fall back on; options.withCuda whether CUDA is wanted; options.systemFolders where CUDA's libraries may be
 *   besides
 * @returns `libraries` (name → path), `include` (a path or null), `cudaFolders`, `cudaDataFolder` (or null), and what is missing with where it was
 *   looked for: `missing` (the libraries), `missingHeaders`, `missingCuda`, `missingBesides`, each `{ name, looked }`
 */
function inspectEngineFolder(folder, { moreHeaders = [], withCuda = false, systemFolders = [] } = {}) {
  const around = [
    folder,
    path.join(folder, 'tensorflow'),
    path.join(folder, 'lib'),
    path.join(folder, 'lib64'),
  ]
  const found = {}
  const missing = []
  for (const name of libraries) {
    const holder = around.find((place) => isFile(path.join(place, name)))
    if (holder === undefined) missing.push({ name, looked: around })
    else found[name] = path.join(holder, name)
  }

  const includes = [
    path.join(folder, 'include'),
    path.join(folder, 'tensorflow', 'include'),
    folder,
    ...moreHeaders,
  ]
  const lacks = (place) => headers.filter((name) => !isFile(path.join(place, name)))
  const include = includes.find((place) => lacks(place).length === 0) ?? null
  // The place that has most of them is the one that was meant.
  const best = includes.reduce((most, place) => (lacks(place).length < lacks(most).length ? place : most))
  const missingHeaders = include === null ? lacks(best).map((name) => ({ name, looked: includes })) : []

  const cudaPlaces = !withCuda
    ? []
    : [
        ...around,
        ...wheelFolders(path.join(folder, 'nvidia')),
        ...wheelFolders(path.join(folder, '..', 'nvidia')),
        ...systemFolders,
      ].filter((place, index, all) => all.indexOf(place) === index)
  const holderOf = (name) => cudaPlaces.find((place) => isFile(path.join(place, name)))
  const lacking = (names) =>
    withCuda
      ? names.filter((name) => holderOf(name) === undefined).map((name) => ({ name, looked: cudaPlaces }))
      : []
  const cudaFolders = [...new Set([...cudaNeeded, ...cudaBesides].map(holderOf))].filter(Boolean)
  const dataPlaces = [
    path.join(folder, 'nvidia', 'cuda_nvcc'),
    path.join(folder, '..', 'nvidia', 'cuda_nvcc'),
    path.join(folder, 'cuda_nvcc'),
    folder,
    ...systemFolders.map((place) => path.dirname(place)),
  ]
  const cudaDataFolder = withCuda
    ? (dataPlaces.find((place) => isFile(path.join(place, 'nvvm', 'libdevice', 'libdevice.10.bc'))) ?? null)
    : null
  return {
    libraries: found,
    include,
    cudaFolders,
    cudaDataFolder,
    missing,
    missingHeaders,
    missingCuda: lacking(cudaNeeded),
    missingBesides: lacking(cudaBesides),
  }
}

/** "a and b (looked in X, Y)": each file by its name, the places once. */
function missingWords(missing) {
  const names = missing.map(({ name }) => name)
  const list = names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  return `${list} (looked in ${[...new Set(missing.flatMap(({ looked }) => looked))].join(', ')})`
}

/** nvidia/cublas/lib, nvidia/cudnn/lib, …: where CUDA's wheels have their libraries. */
function wheelFolders(nvidia) {
  if (!fs.existsSync(nvidia)) return []
  return fs
    .readdirSync(nvidia)
    .sort()
    .map((name) => path.join(nvidia, name, 'lib'))
    .filter((place) => fs.existsSync(place))
}

/** Also through a link that leads somewhere. */
function isFile(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false
}

/** Folders in which a machine's own CUDA lies. */
function systemCudaFolders() {
  const named = (process.env.LD_LIBRARY_PATH ?? '').split(path.delimiter).filter((place) => place !== '')
  return [...named, '/usr/local/cuda/lib64', '/usr/lib/x86_64-linux-gnu', '/usr/lib64']
}

module.exports = {
  inspectEngineFolder,
  missingWords,
  systemCudaFolders,
  libraries,
  headers,
  cudaNeeded,
  cudaBesides,
}
