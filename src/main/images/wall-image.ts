/** Images for figures that other programs open: JPEG, and a drawing as PNG. */
import sharp from 'sharp'

/** From any format that is read here, on white. */
export async function asJpeg(bytes: Uint8Array): Promise<Uint8Array> {
  return sharp(bytes).flatten({ background: '#ffffff' }).jpeg({ quality: 88 }).toBuffer()
}

/** `unlimited`: the images lie within the drawing, which makes it longer than XML is read otherwise. It comes from here. */
export async function svgAsPng(svg: string): Promise<Uint8Array> {
  return sharp(Buffer.from(svg), { unlimited: true, limitInputPixels: false }).png().toBuffer()
}
