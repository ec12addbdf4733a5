/** Which files a drop brings, folders opened: what a browser gives instead of paths. */
const imageName = /\.(jpe?g|png|webp|avif|gif|tiff?|bmp)$/i

/** What was dropped itself is taken as it is, so that a file that is no image is named; in folders only images are. */
export async function droppedFiles(data: DataTransfer): Promise<File[]> {
  // The list is empty after the event, so the entries are taken before anything is awaited.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  const found = await Promise.all(entries.map((entry) => filesOf(entry, true)))
  return found.flat()
}

/** Of a folder that was chosen: `webkitdirectory` lists everything below it. */
export function imagesAmong(files: Iterable<File>): File[] {
  return [...files].filter(({ name, webkitRelativePath }) => {
    const hidden = webkitRelativePath.split('/').some((part) => part.startsWith('.'))
    return !hidden && imageName.test(name)
  })
}

async function filesOf(entry: FileSystemEntry, asked: boolean): Promise<File[]> {
  if (!asked && entry.name.startsWith('.')) return []
  if (isFile(entry)) return asked || imageName.test(entry.name) ? [await fileOf(entry)] : []
  if (!isFolder(entry)) return []
  const children = await childrenOf(entry)
  children.sort((a, b) => (a.name < b.name ? -1 : 1))
  return (await Promise.all(children.map((child) => filesOf(child, false)))).flat()
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

/** The reader gives at most 100 at a time, and none at the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return all
    all.push(...some)
  }
}
