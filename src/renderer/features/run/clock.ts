/** 14:21:48, or 14:21 without seconds: local time of day. */
export function clock(atMs: number, withSeconds = true): string {
  const at = new Date(atMs)
  const parts = [at.getHours(), at.getMinutes(), ...(withSeconds ? [at.getSeconds()] : [])]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}
