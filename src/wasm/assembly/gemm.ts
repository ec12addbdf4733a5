/**
 * The inner loops of the products: tiles of 4 × 8 held in registers, which is as large as V8 allocates without spilling (measured: 55
 * GFLOP/s a core; 6 × 8, which fits the sixteen registers on paper, 25). Addresses and distances between rows are in bytes.
 */

/** Rows and columns of a tile. */
export const tileRows: i32 = 4
export const tileColumns: i32 = 8
const half: usize = 16

/**
 * c[rows × columns] (+)= a·b: a has `depth` values in each of its rows, b is a panel of `depth` rows of eight. `rows` ≤ 4, `columns` ≤ 8;
 * `spare` holds one tile, for those at the edge.
 */
export function multiplyTile(
  a: usize,
  aDistance: usize,
  b: usize,
  depth: i32,
  c: usize,
  cDistance: usize,
  rows: i32,
  columns: i32,
  accumulate: bool,
  spare: usize,
): void {
  // rows that are not there read the first one, and what comes of it is thrown away
  let a0 = a
  let a1 = rows > 1 ? a + aDistance : a
  let a2 = rows > 2 ? a1 + aDistance : a
  let a3 = rows > 3 ? a2 + aDistance : a
  let c00 = f32x4.splat(0)
  let c01 = c00
  let c10 = c00
  let c11 = c00
  let c20 = c00
  let c21 = c00
  let c30 = c00
  let c31 = c00
  const end = b + ((<usize>depth) << 5)
  while (b < end) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, half)
    const x0 = v128.load32_splat(a0)
    c00 = f32x4.relaxed_madd(x0, b0, c00)
    c01 = f32x4.relaxed_madd(x0, b1, c01)
    const x1 = v128.load32_splat(a1)
    c10 = f32x4.relaxed_madd(x1, b0, c10)
    c11 = f32x4.relaxed_madd(x1, b1, c11)
    const x2 = v128.load32_splat(a2)
    c20 = f32x4.relaxed_madd(x2, b0, c20)
    c21 = f32x4.relaxed_madd(x2, b1, c21)
    const x3 = v128.load32_splat(a3)
    c30 = f32x4.relaxed_madd(x3, b0, c30)
    c31 = f32x4.relaxed_madd(x3, b1, c31)
    a0 += 4
    a1 += 4
    a2 += 4
    a3 += 4
    b += 32
  }
  const whole = rows === tileRows && columns === tileColumns
  const to = whole ? c : spare
  const distance = whole ? cDistance : 32
  const add = whole && accumulate
  put(to, c00, c01, add)
  put(to + distance, c10, c11, add)
  put(to + 2 * distance, c20, c21, add)
  put(to + 3 * distance, c30, c31, add)
  if (!whole) putPart(spare, c, cDistance, rows, columns, accumulate)
}

/** c[rows × columns] (+)= aᵀ·b over `depth` places: for each, four values of a and eight of b. */
export function multiplyTransposedTile(
  a: usize,
  b: usize,
  depth: i32,
  c: usize,
  cDistance: usize,
  rows: i32,
  columns: i32,
  accumulate: bool,
  spare: usize,
): void {
  let c00 = f32x4.splat(0)
  let c01 = c00
  let c10 = c00
  let c11 = c00
  let c20 = c00
  let c21 = c00
  let c30 = c00
  let c31 = c00
  const end = b + ((<usize>depth) << 5)
  while (b < end) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, half)
    const x0 = v128.load32_splat(a)
    c00 = f32x4.relaxed_madd(x0, b0, c00)
    c01 = f32x4.relaxed_madd(x0, b1, c01)
    const x1 = v128.load32_splat(a, 4)
    c10 = f32x4.relaxed_madd(x1, b0, c10)
    c11 = f32x4.relaxed_madd(x1, b1, c11)
    const x2 = v128.load32_splat(a, 8)
    c20 = f32x4.relaxed_madd(x2, b0, c20)
    c21 = f32x4.relaxed_madd(x2, b1, c21)
    const x3 = v128.load32_splat(a, 12)
    c30 = f32x4.relaxed_madd(x3, b0, c30)
    c31 = f32x4.relaxed_madd(x3, b1, c31)
    a += 16
    b += 32
  }
  const whole = rows === tileRows && columns === tileColumns
  const to = whole ? c : spare
  const distance = whole ? cDistance : 32
  const add = whole && accumulate
  put(to, c00, c01, add)
  put(to + distance, c10, c11, add)
  put(to + 2 * distance, c20, c21, add)
  put(to + 3 * distance, c30, c31, add)
  if (!whole) putPart(spare, c, cDistance, rows, columns, accumulate)
}

function put(to: usize, low: v128, high: v128, add: bool): void {
  v128.store(to, add ? f32x4.add(v128.load(to), low) : low)
  v128.store(to, add ? f32x4.add(v128.load(to, half), high) : high, half)
}

function putPart(tile: usize, c: usize, cDistance: usize, rows: i32, columns: i32, accumulate: bool): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const to = c + <usize>row * cDistance + ((<usize>column) << 2)
      const value = load<f32>(tile + ((<usize>row) << 5) + ((<usize>column) << 2))
      store<f32>(to, accumulate ? load<f32>(to) + value : value)
    }
  }
}
