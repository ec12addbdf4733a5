/**
 * Loads an installed package from where it lies. By a name that the bundler cannot see: these packages find their binaries beside
 * themselves, and there must be one tfjs-core in the process, so they must never be taken into a bundle.
 */
export async function importPackage<T>(name: string): Promise<T> {
  const loaded = (await import(/* @vite-ignore */ name)) as { default?: T }
  // A CommonJS package's exports are the default of its namespace.
  return loaded.default ?? (loaded as T)
}
