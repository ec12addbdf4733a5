/** What our kernels do where memory runs out. A library that is loaded before all others refuses it to the addon, and to nobody else. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSetupRecord } from '../../../../src/main/engine/setup-record'
import { outOfMemory } from '../../../../src/main/protocol/out-of-memory'

/** While the file $REFUSE_WHILE is there: a scratch (aligned_alloc) or a vector (operator new) of $REFUSE_BYTES or more. */
const refusing = `
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <new>
#include <unistd.h>
static bool refuses(size_t size, void* caller) {
  static const char* const bytes = std::getenv("REFUSE_BYTES");
  Dl_info info;
  return bytes != nullptr && size >= std::strtoull(bytes, nullptr, 10) && dladdr(caller, &info) != 0 && info.dli_fname != nullptr &&
         std::strstr(info.dli_fname, "bitw_graph") != nullptr && access(std::getenv("REFUSE_WHILE"), F_OK) == 0;
}
extern "C" void* aligned_alloc(size_t alignment, size_t size) {
  void* memory = nullptr;
  const size_t step = alignment < sizeof(void*) ? sizeof(void*) : alignment;
  if (refuses(size, __builtin_return_address(0)) || posix_memalign(&memory, step, size) != 0) errno = ENOMEM;
  return memory;
}
void* operator new(size_t size) {
  void* memory = refuses(size, __builtin_return_address(0)) ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
`

/** Runs an operation on ones: while memory is refused, and once it is not. Prints what the first run said, and the range of the second's first result. */
const child = `
const { rmSync } = require('node:fs')
const [path, threads, op, shapes] = process.argv.slice(1)
const loaded = { exports: {} }
process.dlopen(loaded, path)
const addon = loaded.exports
addon.start(Number(threads))
const graph = addon.newGraph()
const type = (name) => ({ name, type: 4, value: 1 })
const feeds = JSON.parse(shapes).map((shape, index) => {
  const attributes = [type('dtype'), { name: 'shape', type: 5, value: shape }]
  const { node } = addon.addNode(graph, { op: 'Placeholder', name: 'x' + index, inputs: [], controls: [], attributes })
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(1)
  return { at: [node, 0], dtype: 1, shape, data }
})
const inputs = feeds.map(({ at }) => at)
const { node } = addon.addNode(graph, { op, name: 'y', inputs, controls: [], attributes: [type('T')] })
const session = addon.openSession(graph, new Uint8Array())
const run = () => addon.run(session, { feeds, fetches: [[node, 0]], targets: [], trace: false })
run()
  .then(() => 'nothing', (error) => error.message)
  .then(async (said) => {
    rmSync(process.env.REFUSE_WHILE)
    const y = new Float32Array((await run()).outputs[0].data)
    console.log(JSON.stringify({ said, least: Math.min(...y), most: Math.max(...y) }))
  })
`

const addon = readSetupRecord(process.env)?.graphAddon ?? ''
const canCompile = process.platform === 'linux' && spawnSync('g++', ['--version']).status === 0
/** These sanitizers give out the memory themselves. */
const isReplaced = ['address', 'thread'].includes(process.env['BITW_SANITIZER'] ?? '')

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bitw-no-memory-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.skipIf(!canCompile || isReplaced || !existsSync(addon))(
  'a kernel that cannot have its memory',
  () => {
    beforeAll(() => {
      const library = join(folder, 'refusing.so')
      execFileSync('g++', ['-shared', '-fPIC', '-O1', '-x', 'c++', '-', '-o', library, '-ldl'], {
        input: refusing,
      })
    })

    it.each([
      [
        'a convolution of 1 × 1',
        'BitwConv',
        [
          [2, 7, 5, 64],
          [1, 1, 64, 96],
        ],
        100_000,
        [64, 64],
      ],
      [
        'a convolution of 3 × 3',
        'BitwConv',
        [
          [4, 9, 14, 64],
          [3, 3, 64, 96],
        ],
        100_000,
        [4 * 64, 9 * 64],
      ],
      [
        'a gradient of 1 × 1',
        'BitwConvKernel1',
        [
          [2, 7, 5, 64],
          [2, 7, 5, 96],
        ],
        100_000,
        [70, 70],
      ],
      [
        'a gradient of 3 × 3',
        'BitwConvKernel3',
        [
          [4, 9, 8, 64],
          [4, 9, 8, 96],
        ],
        100_000,
        [4 * 56, 4 * 72],
      ],
      // the sums of each piece are a vector of 2,048 bytes; whatever is made before the threads begin is smaller
      ['a norm, in its threads', 'BitwGroupNorm', [[1, 7, 5, 256], [256], [256]], 2_000, [1, 1]],
      ['a norm, before its threads begin', 'BitwGroupNorm', [[1, 7, 5, 256], [256], [256]], 1_000, [1, 1]],
    ] as const)('says so, and the process works on: %s', (_, op, shapes, bytes, range) => {
      for (const threads of [1, 3]) {
        const refuseWhile = join(folder, 'refuse')
        writeFileSync(refuseWhile, '')
        const { stdout, stderr, signal } = spawnSync(
          process.execPath,
          ['-e', child, addon, String(threads), op, JSON.stringify(shapes)],
          {
            encoding: 'utf8',
            env: {
              ...process.env,
              LD_PRELOAD: join(folder, 'refusing.so'),
              REFUSE_BYTES: String(bytes),
              REFUSE_WHILE: refuseWhile,
            },
          },
        )
        expect({ signal, stdout }, stderr).toEqual({
          signal: null,
          stdout: expect.stringContaining('{') as string,
        })
        const { said, least, most } = JSON.parse(stdout) as { said: string; least: number; most: number }
        expect(said).toMatch(/^RESOURCE_EXHAUSTED: .*out of memory/)
        expect(outOfMemory(new Error(said))).not.toBeNull()
        expect([least, most]).toEqual(range)
      }
    })
  },
)
