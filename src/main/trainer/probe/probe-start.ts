/** What a linear probe starts from, and what its checkpoints have: the whole model, and momenta of the head alone. */
import { elementCount, parameterShapes } from '../../../domain/model/spec'
import type { WeightSet } from '../../weights/weight-set'
import type { TrainJob } from '../../protocol/messages'
import { checkpointTensors } from '../step/resume-tensors'
import type { LearnerTools } from '../step/learner'
import { headNames } from './probe-head'
import type { HeadStart, ProbeHead } from './probe-head'
import { startWeights } from '../step/start-weights'
import { momentumSuffix } from '../step/train-state'
import type { TrainState } from '../step/train-state'

type Start = Pick<TrainJob, 'spec' | 'classNames' | 'recipe' | 'weightsPath' | 'resume'>

/** Throws 'bad-weights', 'home-broken'. `log` as in start-weights.ts. */
export async function probeStart(
  job: Start,
  { log, resumeBytes }: Pick<LearnerTools, 'log' | 'resumeBytes'>,
): Promise<{ weights: WeightSet; head: Map<string, HeadStart> }> {
  const weights = await startWeights(job, log)
  const initial = new Map(headNames.map((name) => [name, weights.get(name)?.data ?? new Float32Array(0)]))
  const momenta = new Map<string, Float32Array>()
  if (job.resume !== null) {
    const headers = probeHeaders(job)
    let index = 0
    for await (const data of checkpointTensors(resumeBytes(), headers)) {
      const { name = '', shape = [] } = headers[index++] ?? {}
      if (name.endsWith(momentumSuffix)) momenta.set(name.slice(0, -momentumSuffix.length), data)
      else weights.set(name, { shape, data })
    }
  }
  const head = headNames.map((name): [string, HeadStart] => {
    const value = weights.get(name)
    if (value === undefined) throw new Error(`The weights have no ${name}.`)
    const momentum = momenta.get(name) ?? new Float32Array(elementCount(value.shape))
    return [name, { value, momentum, initial: initial.get(name) ?? value.data }]
  })
  return { weights, head: new Map(head) }
}

/** `weights` for all but the head. */
export function probeTensors(
  job: Pick<TrainJob, 'spec' | 'classNames'>,
  weights: WeightSet,
  head: Pick<ProbeHead, 'read'>,
): Pick<TrainState, 'tensorHeaders' | 'readTensors'> {
  const isHead = (name: string): boolean => headNames.some((one) => one === name)
  return {
    tensorHeaders: () => probeHeaders(job),
    async *readTensors() {
      for (const { name } of probeHeaders(job)) {
        if (name.endsWith(momentumSuffix)) {
          yield { name, data: (await head.read(name.slice(0, -momentumSuffix.length))).momentum }
        } else if (isHead(name)) yield { name, data: (await head.read(name)).value }
        else yield { name, data: weights.get(name)?.data ?? new Float32Array(0) }
      }
    },
  }
}

function probeHeaders({ spec, classNames }: Pick<TrainJob, 'spec' | 'classNames'>) {
  const parameters = parameterShapes(spec, classNames.length)
  const momenta = parameters
    .filter(({ name }) => headNames.some((one) => one === name))
    .map(({ name, shape }) => ({ name: name + momentumSuffix, shape }))
  return [...parameters, ...momenta]
}
