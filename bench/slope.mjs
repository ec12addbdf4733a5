/** The slope of y over x by least squares, with its 95 % interval. */
export function slope(points) {
  const count = points.length
  const mean = (index) => points.reduce((sum, point) => sum + point[index], 0) / count
  const [meanX, meanY] = [mean(0), mean(1)]
  let [xx, xy] = [0, 0]
  for (const [x, y] of points) {
    xx += (x - meanX) ** 2
    xy += (x - meanX) * (y - meanY)
  }
  const value = xx === 0 ? 0 : xy / xx
  const left = points.reduce((sum, [x, y]) => sum + (y - meanY - value * (x - meanX)) ** 2, 0)
  const error = count > 2 && xx > 0 ? Math.sqrt(left / (count - 2) / xx) : Infinity
  const half = error * student(count - 2)
  return { value, low: value - half, high: value + half }
}

/** The 97.5 % point of Student's t; within 1 % from 3 degrees of freedom on (Abramowitz & Stegun 26.7.5). */
function student(degrees) {
  const z = 1.959964
  if (degrees < 3) return Infinity
  const terms = [
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ]
  return terms.reduce((sum, term, index) => sum + term / degrees ** (index + 1), z)
}
