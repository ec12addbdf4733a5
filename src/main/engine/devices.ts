/** What trainings can run on at the same time, one on each: the graphics cards that the engine sees, or the processor, whole or in shares. */
import { execFile } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { WorkbenchError } from '../../contract/errors'
import { engineWanted } from '../protocol/engine-wanted'
import { threadCount } from './machine'
import { readSetupRecord } from './setup-record'

export interface Device {
  /** The same for the same device. */
  readonly key: string
  /** E.g. "GPU 1 (NVIDIA H100)", "CPU", "CPU, share 2 of 2". */
  readonly name: string
  /** For its trainers, over their other environment. */
  readonly environment: Readonly<Record<string, string>>
}

export interface Devices {
  /** Resolves when the cards of this machine are known; until then the list has one device. */
  readonly found: Promise<void>
  /** At least one. As the environment's BITW_DEVICES is now, where that was set later. */
  list(): readonly Device[]
  /** Places that BITW_DEVICES names, of which this machine has no card. */
  missing(): readonly number[]
  /** By how much less time trainings take on all of them than one after the other: shares of one processor are no faster together. */
  speedUp(): number
  /** After BITW_DEVICES was set: what asks the engine, or predicts, does so on the first device. Whether that is another. */
  apply(): boolean
}

/** `environment`: of trainers that start from now on; it is changed in place. `findCards` names those of the machine, in the order of the bus. */
export function createDevices(environment: NodeJS.ProcessEnv, findCards = askDriver): Devices {
  const before = cardVariables.map((name) => [name, environment[name]] as const)
  let cards: readonly Card[] = []
  let applied: string | undefined
  const list = (): readonly Device[] => chosenDevices(environment, cards)

  function apply(): boolean {
    const [first] = list()
    const key = applied
    applied = first?.key
    for (const [name, given] of before) {
      const value = first?.environment[name] ?? given
      if (value === undefined) Reflect.deleteProperty(environment, name)
      else environment[name] = value
    }
    return key !== applied
  }

  const visible = environment['CUDA_VISIBLE_DEVICES']
  apply()
  const found = usesCards(environment)
    ? findCards().then((names) => {
        cards = visibleCards(names, visible)
        apply()
      })
    : Promise.resolve()
  const speedUp = (): number => (processorShareCount(environment) > 1 ? 1 : list().length)
  const missing = (): readonly number[] =>
    asked(environment).flatMap((word) =>
      word !== 'cpu' && cards[Number(word)] === undefined ? [Number(word)] : [],
    )
  return { found, list, missing, speedUp, apply }
}

const cardVariables = ['CUDA_VISIBLE_DEVICES', 'CUDA_DEVICE_ORDER'] as const

export interface Card {
  readonly name: string
  /** With which a program sees this one alone. */
  readonly environment: Readonly<Record<string, string>> & { readonly CUDA_VISIBLE_DEVICES: string }
}

/** `visible`, CUDA_VISIBLE_DEVICES, says which of them a program sees, in an order of their own; undefined: all. Pure. */
export function visibleCards(names: readonly string[], visible: string | undefined): readonly Card[] {
  if (visible === undefined)
    return names.map((name, index) => ({
      name,
      environment: { CUDA_VISIBLE_DEVICES: String(index), CUDA_DEVICE_ORDER: 'PCI_BUS_ID' },
    }))
  const ids = visible.split(',').map((id) => id.trim())
  // CUDA reads up to the first that does not exist
  const end = ids.findIndex((id) => id === '' || id.startsWith('-'))
  return ids.slice(0, end === -1 ? ids.length : end).map((id) => ({
    name: names[Number(id)] ?? names[0] ?? id,
    environment: { CUDA_VISIBLE_DEVICES: id },
  }))
}

/** By BITW_DEVICES: places among the cards counted from 0, e.g. "0,2", or the processor in shares, e.g. "cpu,cpu". Pure but for the threads of the machine. */
export function chosenDevices(environment: NodeJS.ProcessEnv, cards: readonly Card[]): readonly Device[] {
  const words = asked(environment)
  const isSet = words.length > 0
  if (isSet && !words.every((word) => /^\d+$/.test(word)) && !words.every((word) => word === 'cpu'))
    throw notDevices(environment['BITW_DEVICES'] ?? '')
  if (words[0] === 'cpu') return processorShares(environment, words.length, cards.length > 0)
  const places = isSet ? [...new Set(words.map(Number))] : cards.map((_, place) => place)
  const found = places.flatMap((place) => {
    const card = cards[place]
    return card === undefined ? [] : [cardDevice(place, card, places.length)]
  })
  if (found.length === 0 || (!isSet && found.length === 1)) return [wholeMachine]
  return found
}

/** The words of BITW_DEVICES; none where it is not set. */
function asked(environment: NodeJS.ProcessEnv): readonly string[] {
  const text = environment['BITW_DEVICES'] ?? ''
  const words = text.split(',').map((word) => word.trim())
  return words.some((word) => word !== '') ? words : []
}

/** What to say of places without a card; '' where there is none. Pure. */
export function missingWords(places: readonly number[]): string {
  if (places.length === 0) return ''
  const named = places.map((place) => `GPU ${String(place)}`).join(', ')
  return `The chosen devices name ${named}, which this machine does not have: left out.`
}

/** How many trainings share the processor. */
export function processorShareCount(environment: NodeJS.ProcessEnv): number {
  return Math.max(1, asked(environment).filter((word) => word === 'cpu').length)
}

/** As the engine finds it by itself. */
const wholeMachine: Device = { key: 'all', name: 'this machine', environment: {} }

function cardDevice(place: number, card: Card, count: number): Device {
  return {
    key: `gpu ${card.environment.CUDA_VISIBLE_DEVICES}`,
    name: `GPU ${String(place)} (${card.name})`,
    environment: {
      ...card.environment,
      // each decodes its images on the processor that they share
      UV_THREADPOOL_SIZE: String(shareOf(availableParallelism(), count, 4)),
    },
  }
}

function processorShares(environment: NodeJS.ProcessEnv, count: number, hasCards: boolean): Device[] {
  const noCards = hasCards ? { CUDA_VISIBLE_DEVICES: '-1' } : {}
  if (count === 1) return [{ key: 'cpu', name: 'CPU', environment: noCards }]
  const threads = String(shareOf(threadCount(environment), count, 1))
  return Array.from({ length: count }, (_, index) => ({
    key: `cpu ${String(index + 1)}`,
    name: `CPU, share ${String(index + 1)} of ${String(count)}`,
    environment: {
      ...noCards,
      BITW_THREADS: threads,
      TF_NUM_INTRAOP_THREADS: threads,
      UV_THREADPOOL_SIZE: String(shareOf(availableParallelism(), count, 2)),
    },
  }))
}

const shareOf = (whole: number, count: number, least: number): number =>
  Math.max(least, Math.floor(whole / count))

function notDevices(text: string): WorkbenchError {
  return new WorkbenchError(
    'bad-input',
    `BITW_DEVICES is "${text}", which is not a list of devices.`,
    'Name GPUs by their places, as in "0,1", or the processor in equal shares, as in "cpu,cpu".',
  )
}

function usesCards(environment: NodeJS.ProcessEnv): boolean {
  const wanted = engineWanted(environment)
  return (
    (wanted === 'auto' || wanted === 'tensorflow') && readSetupRecord(environment)?.kind === 'tensorflow-gpu'
  )
}

/** Without holding up the core. None where there is no driver, or it does not answer: then TensorFlow finds no GPU either. */
function askDriver(): Promise<string[]> {
  return new Promise((resolve) => {
    execFile(
      'nvidia-smi',
      ['--query-gpu=name', '--format=csv,noheader'],
      { encoding: 'utf8', timeout: 10_000 },
      (error, text) => resolve(error === null ? text.split('\n').filter((line) => line.trim() !== '') : []),
    )
  })
}
