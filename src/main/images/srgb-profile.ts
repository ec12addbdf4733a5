/** Whether a colour profile is sRGB's own, as many programs embed it: converting by it changes no level by more than rounding does. */

/** By the profile's description (ICC.1:2010, sections 7.3 and 9.2.41). False where it has none, or is no profile. */
export function isSrgbProfile(profile: Buffer): boolean {
  const [firstTag, tagBytes] = [132, 12]
  if (profile.length < firstTag) return false
  for (let tag = 0; tag < profile.readUInt32BE(128); tag++) {
    const at = firstTag + tag * tagBytes
    if (at + tagBytes > profile.length) return false
    if (profile.toString('latin1', at, at + 4) !== 'desc') continue
    const start = profile.readUInt32BE(at + 4)
    const description = profile.subarray(start, start + profile.readUInt32BE(at + 8))
    // version 2 has ASCII there, version 4 the same in UTF-16 behind a table of languages
    const text = description.toString('latin1', 8).replaceAll('\0', '')
    return text.includes('sRGB')
  }
  return false
}
