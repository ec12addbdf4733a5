/** Paths of the workbench's machine, whichever system it has. Pure. */

/** '/a/b/fl' → the folder '/a/b' and 'fl', which a name of it may begin with, in lower case. */
export function cutPath(path: string): { folder: string; start: string } {
  const slash = slashOf(path)
  const cut = path.lastIndexOf(slash)
  const folder = cut < 0 ? '' : cut === 0 ? slash : path.slice(0, cut)
  // 'C:' alone is where that drive happens to be; 'C:\' is its root.
  return {
    folder: /^[a-z]:$/i.test(folder) ? `${folder}\\` : folder,
    start: path.slice(cut + 1).toLowerCase(),
  }
}

export function joinPath(folder: string, name: string): string {
  return `${folder.replace(/[/\\]+$/, '')}${slashOf(folder)}${name}`
}

function slashOf(path: string): string {
  return path.includes('\\') ? '\\' : '/'
}
