/** Rows of unit length in 8 bits a value: their cosines are right to about a thousandth. Pure. */
export interface PackedRows {
  /** `unit`: of unit length, or all 0. */
  set(row: number, unit: Float32Array): void
  /** In [−1, 1]; NaN where the row was not set, or is all 0. `unit` as of `set`. */
  cosine(row: number, unit: Float32Array): number
  readonly byteCount: number
}

export function packedRows(rowCount: number, size: number): PackedRows {
  const values = new Int8Array(rowCount * size)
  /** What a row's values are to be multiplied by; 0 where there are none. */
  const scales = new Float32Array(rowCount)
  return {
    byteCount: values.byteLength + scales.byteLength,
    set(row, unit) {
      let most = 0
      for (const value of unit) most = Math.max(most, Math.abs(value))
      if (most === 0) return
      const offset = row * size
      for (let x = 0; x < size; x++) values[offset + x] = Math.round(((unit[x] ?? 0) * 127) / most)
      scales[row] = most / 127
    },
    cosine(row, unit) {
      const scale = scales[row] ?? 0
      if (scale === 0) return NaN
      let sum = 0
      const offset = row * size
      for (let x = 0; x < size; x++) sum += (values[offset + x] ?? 0) * (unit[x] ?? 0)
      return sum * scale
    },
  }
}
