/** A folder of small drawn images in which the classes are plain to see: a class is a hue and a shape. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

const classes = [
  { name: 'blue squares', colour: '#2040e0', shape: '<rect x="12" y="12" width="24" height="24"/>' },
  { name: 'green discs', colour: '#20a040', shape: '<circle cx="24" cy="24" r="14"/>' },
  { name: 'red bars', colour: '#d02020', shape: '<rect x="4" y="20" width="40" height="8"/>' },
]

/** `rootPath/class/NN.png`, square, `sidePx` wide; images of a class differ in background and turn. Answers with the number of files. */
export async function drawTinyDataset(rootPath: string, perClass = 10, sidePx = 48): Promise<number> {
  for (const { name, colour, shape } of classes) {
    mkdirSync(join(rootPath, name), { recursive: true })
    for (let index = 0; index < perClass; index++) {
      const grey = 255 - index * 9
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${sidePx}" height="${sidePx}" viewBox="0 0 48 48">
        <rect width="48" height="48" fill="rgb(${grey},${grey},${grey})"/>
        <g fill="${colour}" transform="rotate(${index * 7} 24 24)">${shape}</g></svg>`
      await sharp(Buffer.from(svg))
        .png()
        .toFile(join(rootPath, name, `${String(index).padStart(2, '0')}.png`))
    }
  }
  return classes.length * perClass
}
