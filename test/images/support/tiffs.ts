/** Small uncompressed TIFFs, with what a test wants to say of them. */

/** Tag, field type (3: SHORT, 4: LONG), values. */
export type TiffField = readonly [tag: number, type: 3 | 4, values: readonly number[]]

/** Little-endian, 8 × 8 px: each pixel has `samples`, of 8 bits, in one strip. `fields` go before the usual ones of their tags; `without` are not there. */
export function tiffOf(
  samples: readonly number[],
  photometric: number,
  fields: readonly TiffField[] = [],
  without: readonly number[] = [],
): Buffer {
  const side = 8
  const data = Buffer.from(Array.from({ length: side * side }, () => [...samples]).flat())
  const usual: TiffField[] = [
    [256, 3, [side]],
    [257, 3, [side]],
    [258, 3, samples.map(() => 8)],
    [259, 3, [1]],
    [262, 3, [photometric]],
    [273, 4, [0]],
    [277, 3, [samples.length]],
    [278, 3, [side]],
    [279, 4, [data.length]],
  ]
  const told = new Set([...fields.map(([tag]) => tag), ...without])
  const all = [...fields, ...usual.filter(([tag]) => !told.has(tag))].sort(([one], [other]) => one - other)
  const bytesOf = ([, type, values]: TiffField): Buffer => {
    const width = type === 3 ? 2 : 4
    const bytes = Buffer.alloc(Math.max(4, values.length * width))
    for (const [index, value] of values.entries()) bytes.writeUIntLE(value, index * width, width)
    return bytes
  }
  const directoryBytes = 2 + all.length * 12 + 4
  const long = all.map(bytesOf).filter(({ length }) => length > 4)
  const pixelsAt = 8 + directoryBytes + Buffer.concat(long).length
  const directory = Buffer.alloc(directoryBytes)
  directory.writeUInt16LE(all.length, 0)
  let longAt = 8 + directoryBytes
  for (const [index, field] of all.entries()) {
    const [tag, type, values] = field
    const at = 2 + index * 12
    const bytes = bytesOf(tag === 273 ? [tag, type, [pixelsAt]] : field)
    directory.writeUInt16LE(tag, at)
    directory.writeUInt16LE(type, at + 2)
    directory.writeUInt32LE(values.length, at + 4)
    if (bytes.length === 4) bytes.copy(directory, at + 8)
    else {
      directory.writeUInt32LE(longAt, at + 8)
      longAt += bytes.length
    }
  }
  return Buffer.concat([Buffer.from('49492a0008000000', 'hex'), directory, ...long, data])
}
