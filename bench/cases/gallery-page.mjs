/**
 * A generated dataset and the mistakes of a run on it as the page shows them: from the address or the scroll to the frame that has the images, while
 * thumbnails are at hand in the core; frames while scrolling; the memory of the page and of its core.
 */
import { readFileSync } from 'node:fs'

/** Where `opening` waits: the cells are there, their images are painted, the matrix is drawn. */
const opened = {
  'open the dataset: cells': ['#/datasets/1', 'cells'],
  'open the dataset: images': ['#/datasets/1', 'images'],
  'open the mistakes: cells': ['#/mistakes/1', 'cells'],
  'open the mistakes: images': ['#/mistakes/1', 'images'],
  'confusion matrix': ['#/mistakes/1?view=confusions', 'matrix'],
}
const frameCount = 600
const scrollPxAFrame = 60

/**
 * Times in milliseconds by what was asked, `runs` of each (the first of the core's own start apart), jumps to each of `shares`; frames in
 * milliseconds from one to the next; memory in bytes, the page's after its garbage was collected.
 */
export async function lookAt(page, { core }, { shares, runs }) {
  const times = {}
  for (const [name, [hash, until]] of Object.entries(opened)) {
    times[`${name}, the first time`] = [await open(page, hash, until)]
    times[name] = []
    for (let turn = 0; turn < runs; turn++) times[name].push(await open(page, hash, until))
  }
  await open(page, '#/datasets/1', 'images')
  times['jump in the dataset'] = []
  for (const share of shares) times['jump in the dataset'].push(await page.evaluate(jumping, share))
  const frames = {}
  for (const way of ['down, images not yet in the page', 'up again']) {
    if (way !== 'up again') await page.evaluate(jumping, 0)
    frames[`scrolling ${way}`] = await page.evaluate(scrolling, {
      frameCount,
      px: way === 'up again' ? -scrollPxAFrame : scrollPxAFrame,
    })
  }
  await open(page, '#/mistakes/1', 'cells')
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  return { times, frames, heapBytes: usedSize, ...memoryOf(core) }
}

async function open(page, hash, until) {
  await page.evaluate(() => (location.hash = '#/engine'))
  await page.getByRole('heading', { name: 'Engine', exact: true }).waitFor()
  return page.evaluate(opening, { hash, until })
}

/** In the page. */
async function opening({ hash, until }) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const isInside = (element, box) => {
    const [one, other] = [element.getBoundingClientRect(), box.getBoundingClientRect()]
    return one.bottom > other.top && one.top < other.bottom
  }
  const is = {
    cells: () => document.querySelector('.grid-box .cell') !== null,
    images() {
      const box = document.querySelector('.grid-box')
      const seen = [...(box?.querySelectorAll('.cell') ?? [])].filter((cell) => isInside(cell, box))
      return seen.length > 0 && seen.every((cell) => (cell.querySelector('img')?.naturalWidth ?? 0) > 0)
    },
    matrix() {
      const canvas = document.querySelector('section[aria-label=Confusions] canvas')
      if (canvas === null || canvas.width === 300) return false
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, 1)
      return data.some((value) => value !== 0)
    },
  }
  const beganMs = performance.now()
  location.hash = hash
  for (;;) {
    await frame()
    if (performance.now() - beganMs > 60_000) throw new Error(`${hash}: no ${until} after a minute`)
    if (location.hash.startsWith(hash) && is[until]()) return performance.now() - beganMs
  }
}

/** In the page: to `share` of the list, until all that is seen of it is painted. */
async function jumping(share) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const box = document.querySelector('.grid-box')
  const seen = () => {
    const { top, bottom } = box.getBoundingClientRect()
    return [...box.querySelectorAll('.cell')].filter((cell) => {
      const at = cell.getBoundingClientRect()
      return at.bottom > top && at.top < bottom
    })
  }
  const before = seen()[0]?.id
  const beganMs = performance.now()
  const to = Math.round(share * (box.scrollHeight - box.clientHeight))
  if (Math.round(box.scrollTop) === to) return 0
  box.scrollTop = to
  for (;;) {
    await frame()
    if (performance.now() - beganMs > 60_000) throw new Error('no images after a minute')
    const cells = seen()
    const isPainted = cells.every((cell) => (cell.querySelector('img')?.naturalWidth ?? 0) > 0)
    if (cells.length > 0 && cells[0].id !== before && isPainted) return performance.now() - beganMs
  }
}

/** In the page. */
async function scrolling({ frameCount, px }) {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
  const box = document.querySelector('.grid-box')
  const times = []
  let before = await frame()
  for (let turn = 0; turn < frameCount; turn++) {
    box.scrollTop += px
    const now = await frame()
    times.push(now - before)
    before = now
  }
  return times
}

/** Resident, now and at most; on Linux. */
function memoryOf(processId) {
  const status = readFileSync(`/proc/${processId}/status`, 'utf8')
  const bytes = (name) => 1024 * Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1])
  return { coreBytes: bytes('VmRSS'), corePeakBytes: bytes('VmHWM') }
}
