/** Quartiles by linear interpolation, and how many values there were. */
export function quartiles(values) {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (share) => {
    const place = share * (sorted.length - 1)
    const low = Math.floor(place)
    return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low])
  }
  return { low: at(0.25), median: at(0.5), high: at(0.75), runs: sorted.length }
}

/** The value at a share of the list, from 0 to 1. */
export function at(list, share) {
  const sorted = [...list].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}
