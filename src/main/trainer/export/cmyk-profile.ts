/** The colour profile beside an export whose README's Python program reads photos. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sharp } from '../../images/image-library'

export const cmykProfileName = 'cmyk.icc'

/**
 * Writes what the workbench's decoder takes CMYK to be that brings no profile: libvips' own (by Graeme Gill, public domain, 0.9 MB), which
 * libvips gives only inside an image.
 */
export async function writeCmykProfile(folder: string): Promise<void> {
  const dot = sharp({ create: { width: 1, height: 1, channels: 3, background: '#ffffff' } })
  const tagged = await dot.toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer()
  const { icc } = await sharp(tagged).metadata()
  if (icc === undefined) throw new Error('libvips gives no CMYK profile.')
  await writeFile(join(folder, cmykProfileName), icc)
}
