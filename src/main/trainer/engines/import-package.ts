import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

/**
 * Loads an installed package from where it lies; by its address (`file:`) a module. By a name that the bundler cannot see: these packages find
 * their binaries beside themselves, and there must be one tfjs-core in the process, so they must never be taken into a bundle. Required, and not
 * imported, which would read all of TensorFlow's JavaScript once more for the names that it exports: a sixth of a second at each start.
 */
export async function importPackage<T>(name: string): Promise<T> {
  if (!name.startsWith('file:')) return load(name) as T
  const loaded = (await import(/* @vite-ignore */ name)) as { default?: T }
  // A CommonJS package's exports are the default of its namespace.
  return loaded.default ?? (loaded as T)
}
