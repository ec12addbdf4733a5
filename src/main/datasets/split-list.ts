/** A dataset's split as a list of images (sources/list.ts): a line per image with its path, class and part. */
import type { StoredImage } from '../store/datasets/stored-images'

export interface SplitList {
  readonly text: string
  readonly imageCount: number
  /** Images whose path or class has a tab or a line end in it, which no line can hold. */
  readonly leftOutCount: number
}

export function splitList(
  images: readonly Pick<StoredImage, 'key' | 'className' | 'part'>[],
  name: string,
): SplitList {
  const lines = [`# ${name.replaceAll(/\p{Cc}/gu, ' ')}: path, class, part`]
  let leftOutCount = 0
  for (const { key, className, part } of images) {
    // what begins with # would say nothing, and spaces at the ends are not part of a column
    const path = /^[#\s]/.test(key) ? `./${key}` : key
    const isWhole =
      !/[\t\r\n]/.test(path + className) && path === path.trim() && className === className.trim()
    if (isWhole) lines.push(`${path}\t${className}\t${part}`)
    else leftOutCount += 1
  }
  return { text: `${lines.join('\n')}\n`, imageCount: lines.length - 1, leftOutCount }
}
