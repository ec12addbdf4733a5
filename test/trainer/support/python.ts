/** Pythons that have what an example needs: the tests of examples skip where there is none. */
import { spawnSync } from 'node:child_process'
import { delimiter } from 'node:path'

/** The first of $BITW_TEST_PYTHON (a list like PATH) and python3 that can import all; null where none can. */
export function pythonWith(modules: readonly string[]): string | null {
  const candidates = [...(process.env['BITW_TEST_PYTHON'] ?? '').split(delimiter), 'python3']
  const find = `import importlib.util, sys; sys.exit(any(importlib.util.find_spec(m) is None for m in sys.argv[1:]))`
  return (
    candidates.find(
      (python) =>
        python !== '' && spawnSync(python, ['-c', find, ...modules], { stdio: 'ignore' }).status === 0,
    ) ?? null
  )
}
