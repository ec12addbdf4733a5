'use strict'

/** What the trainer needs of a TensorFlow wheel: the C library, and the headers that the binding and our addon include. */
const tensorflowMembers = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tensorflow/core/common_runtime/next_pluggable_device/c/',
  'tensorflow/include/tsl/platform/ctstring',
  'tensorflow/include/tsl/platform/platform.h',
  'tensorflow/include/xla/tsl/c/',
]

/**
 * Which TensorFlow this machine gets, from facts alone.
 *
 * @param facts platform, arch (as Node names them), glibc (version or null), asked ('auto' | 'wasm' | 'tensorflow'),
 *   gpu (`{ name, driver }` or null)
 * @returns kind 'tensorflow-cpu', 'tensorflow-gpu' or 'none'; `folder` (its name in the cache), `wheels` with the members to unpack,
 *   `libraryFolders` and `cudaDataFolder` relative to the folder, `neededBytes` on the disk, and `note`, a sentence for the user
 */
function enginePlan(facts, pins) {
  const none = (note) => ({
    kind: 'none',
    version: '',
    folder: '',
    wheels: [],
    libraryFolders: [],
    cudaDataFolder: null,
    neededBytes: 0,
    note,
  })
  if (facts.asked === 'wasm') return none('BITW_ENGINE=wasm asks for the WebAssembly engine.')
  if (facts.platform !== 'linux') {
    return none('Native TensorFlow is provisioned on Linux only; on Windows, WSL 2 is a Linux that has it.')
  }
  if (facts.glibc === null)
    return none("TensorFlow's builds need glibc, and this Linux has another C library (Alpine's musl?).")
  const { version, wheels, cuda, leastDriver } = pins.tensorflow
  const target = `linux-${facts.arch}`
  const cpuWheel = wheels[`${target}-cpu`]
  if (cpuWheel === undefined) return none(`There is no TensorFlow ${version} for ${target}.`)

  const gpuWheel = wheels[`${target}-gpu`]
  const driverMajor = facts.gpu === null ? 0 : Number.parseInt(facts.gpu.driver, 10)
  if (facts.gpu === null || gpuWheel === undefined || !(driverMajor >= leastDriver)) {
    return {
      kind: 'tensorflow-cpu',
      version,
      folder: `tensorflow-${version}-${target}-cpu`,
      wheels: [{ ...cpuWheel, members: tensorflowMembers }],
      libraryFolders: [],
      cudaDataFolder: null,
      neededBytes: 2e9,
      note: cpuNote(facts.gpu, gpuWheel, leastDriver, target),
    }
  }
  const cudaWheels = Object.entries(cuda).map(([name, wheel]) => ({
    name,
    ...wheel,
    members: cudaMembers(name),
  }))
  return {
    kind: 'tensorflow-gpu',
    version,
    folder: `tensorflow-${version}-${target}-gpu`,
    wheels: [{ ...gpuWheel, members: tensorflowMembers }, ...cudaWheels],
    libraryFolders: Object.keys(cuda)
      .filter((name) => name !== 'nvidia-cuda-nvcc-cu12')
      .map((name) => `${cudaFolder(name)}/lib`),
    cudaDataFolder: cudaFolder('nvidia-cuda-nvcc-cu12'),
    neededBytes: 12e9,
    note: '',
  }
}

function cpuNote(gpu, gpuWheel, leastDriver, target) {
  if (gpu === null) return 'No NVIDIA driver was found, so it is the CPU build.'
  if (gpuWheel === undefined)
    return `TensorFlow's GPU build is not made for ${target}, so it is the CPU build.`
  return `The ${gpu.name} has driver ${gpu.driver}, and CUDA 12 needs ${leastDriver} or newer, so it is the CPU build.`
}

/** nvidia-cuda-runtime-cu12 → nvidia/cuda_runtime, where its wheel has its files. */
function cudaFolder(name) {
  return `nvidia/${name
    .replace(/^nvidia-/, '')
    .replace(/-cu12$/, '')
    .replaceAll('-', '_')}`
}

/** Shared libraries; of the compiler what XLA calls: ptxas, libnvvm, libdevice. */
function cudaMembers(name) {
  const folder = cudaFolder(name)
  return name === 'nvidia-cuda-nvcc-cu12' ? [`${folder}/bin/`, `${folder}/nvvm/`] : [`${folder}/lib/`]
}

module.exports = { enginePlan, tensorflowMembers }
