/** Which folders hold images, and how many, as far down as a layout can reach. */

export interface FolderNode {
  /** Images right in it. */
  directCount: number
  /** With those of all folders below. */
  totalCount: number
  /** By name in NFC; each holds an image. */
  readonly folders: Map<string, FolderNode>
}

/** Parts and classes lie no deeper; what is below belongs to a class. */
const deepest = 8

export function folderTree(imagePaths: Iterable<string>): FolderNode {
  const root = newNode()
  for (const path of imagePaths) {
    const segments = path.normalize('NFC').split('/')
    let node = root
    node.totalCount++
    for (let depth = 0; depth < segments.length - 1 && depth < deepest; depth++) {
      const name = segments[depth] ?? ''
      let inner = node.folders.get(name)
      if (inner === undefined) node.folders.set(name, (inner = newNode()))
      node = inner
      node.totalCount++
    }
    node.directCount++
  }
  return root
}

function newNode(): FolderNode {
  return { directCount: 0, totalCount: 0, folders: new Map() }
}
