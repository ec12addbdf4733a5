import { z } from 'zod'
import { queueEntrySchema, queueSchema } from '../entities/queue'
import { trainRequestSchema } from '../entities/run'
import { id, nothing } from './inputs'

export const queueCalls = {
  'queue.list': { input: nothing, output: queueSchema },
  /** To be trained when its turn comes. Throws what stands in its way by itself, e.g. 'bad-weights'; not that another run trains. */
  'queue.add': { input: trainRequestSchema, output: queueEntrySchema },
  /** An interrupted, paused or stopped run, to go on when its turn comes. */
  'queue.addResume': { input: id, output: queueEntrySchema },
  /** To the place `to` among those that wait, counted from 0. */
  'queue.move': { input: z.object({ id: z.int(), to: z.int().min(0) }), output: queueSchema },
  /** What waits is taken out; what could not start is no longer shown. */
  'queue.remove': { input: id, output: queueSchema },
  /** The next one begins by itself from now on; with an id that one is the next. */
  'queue.start': { input: z.object({ id: z.int().optional() }), output: queueSchema },
  /** None begins until 'queue.start'; what trains goes on. */
  'queue.pause': { input: nothing, output: queueSchema },
} as const
