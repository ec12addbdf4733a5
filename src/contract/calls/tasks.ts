import { z } from 'zod'
import { taskSchema } from '../events'
import { id, nothing } from './inputs'

export const tasksCalls = {
  'tasks.list': { input: nothing, output: z.array(taskSchema) },
  'tasks.cancel': { input: id, output: nothing },
} as const
