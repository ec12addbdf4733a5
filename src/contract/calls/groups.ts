import { z } from 'zod'
import { groupDetailSchema, runGroupSchema, sweepPlanSchema, sweepSchema } from '../entities/queue'
import { trainRequestSchema } from '../entities/run'
import { id, nothing } from './inputs'

const swept = z.object({ request: trainRequestSchema, sweep: sweepSchema })

export const groupsCalls = {
  /** Newest first. */
  'groups.list': { input: nothing, output: z.array(runGroupSchema) },
  'groups.get': { input: id, output: groupDetailSchema },
  /** The same training with `count` seeds, from the request's on, into the queue as one group. */
  'groups.seeds': {
    input: z.object({ request: trainRequestSchema, count: z.int().min(2).max(100) }),
    output: groupDetailSchema,
  },
  /** The trials of a search and what they would take. Starts nothing. Throws 'bad-input'. */
  'groups.planSweep': { input: swept, output: sweepPlanSchema },
  'groups.sweep': { input: swept, output: groupDetailSchema },
  /** None of its trials begins while it is paused; what trains goes on. */
  'groups.pause': { input: z.object({ id: z.int(), isPaused: z.boolean() }), output: groupDetailSchema },
  /** A trial that waits is taken out, one that trains is stopped and evaluated, one that rests at a rung is not gone on with. */
  'groups.skip': { input: z.object({ id: z.int(), trialIndex: z.int() }), output: groupDetailSchema },
  /** So many trials or seeds more. */
  'groups.extend': {
    input: z.object({ id: z.int(), count: z.int().min(1).max(1000) }),
    output: groupDetailSchema,
  },
} as const
