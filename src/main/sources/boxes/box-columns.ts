/** Boxes of many images in 41 bytes each, so that a million of them take as many megabytes: each knows the one before it of its image. */
import type { ImageBox } from '../../../contract/entities/dataset'
import type { Place } from './box-classes'

const firstRoom = 1024

export class BoxColumns {
  private count = 0
  private places = new Float64Array(firstRoom * 4)
  private classes = new Int32Array(firstRoom)
  private befores = new Int32Array(firstRoom)
  private crowds = new Uint8Array(firstRoom)
  private readonly names: string[] = []
  private readonly indexOfName = new Map<string, number>()

  /** `before`: its image's last box, −1 where it is the first. Returns the number of the new one. */
  add(before: number, className: string, { x, y, width, height }: Place, isCrowd: boolean): number {
    const index = this.count++
    if (index === this.classes.length) this.grow()
    this.places.set([x, y, width, height], index * 4)
    this.classes[index] = this.indexOf(className)
    this.befores[index] = before
    this.crowds[index] = isCrowd ? 1 : 0
    return index
  }

  /** Those of an image, in the order that they were added, by the last of them. */
  chain(last: number): ImageBox[] {
    const boxes: ImageBox[] = []
    for (let index = last; index >= 0; index = this.befores[index] ?? -1) {
      const [xPx = 0, yPx = 0, widthPx = 0, heightPx = 0] = this.places.subarray(index * 4, index * 4 + 4)
      const className = this.names[this.classes[index] ?? 0] ?? ''
      boxes.push({ className, xPx, yPx, widthPx, heightPx, isCrowd: this.crowds[index] === 1 })
    }
    return boxes.reverse()
  }

  private indexOf(name: string): number {
    const found = this.indexOfName.get(name)
    if (found !== undefined) return found
    this.indexOfName.set(name, this.names.length)
    return this.names.push(name) - 1
  }

  private grow(): void {
    const room = this.classes.length * 2
    const { places, classes, befores, crowds } = this
    this.places = new Float64Array(room * 4)
    this.classes = new Int32Array(room)
    this.befores = new Int32Array(room)
    this.crowds = new Uint8Array(room)
    this.places.set(places)
    this.classes.set(classes)
    this.befores.set(befores)
    this.crowds.set(crowds)
  }
}
