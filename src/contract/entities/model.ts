import { z } from 'zod'

/** A GroupNorm + Weight-Standardized ResNet-v2. `width` multiplies 64, 128, 256, 512 channels; 64·width must be a multiple of 32. */
export const modelSpecSchema = z.object({
  units: z.tuple([
    z.int().min(1).max(64),
    z.int().min(1).max(64),
    z.int().min(1).max(64),
    z.int().min(1).max(64),
  ]),
  width: z.number().min(0.5).max(8).multipleOf(0.5),
})
export type ModelSpec = z.infer<typeof modelSpecSchema>

export const modelFactsSchema = z.object({
  /** R50x1 … or units:1-1-1-1,width:0.5 */
  name: z.string(),
  spec: modelSpecSchema,
  /** With a head of `classCount` classes. */
  parameterCount: z.number(),
  /** Convolution multiply-accumulates of one forward pass at `cropPx`, in 1e9. */
  convGmac: z.number(),
  classCount: z.int(),
  cropPx: z.int(),
  note: z.string(),
})
export type ModelFacts = z.infer<typeof modelFactsSchema>

export const engineReportSchema = z.object({
  /** tensorflow: native TensorFlow under tfjs-node-gpu. wasm, webgpu: tfjs's own backends. cpu: plain JavaScript, tests only. */
  kind: z.enum(['tensorflow', 'webgpu', 'wasm', 'cpu']),
  version: z.string(),
  device: z.enum(['cpu', 'gpu']),
  deviceName: z.string(),
  threadCount: z.int(),
  /** Memory the engine may use, bytes. */
  memoryBytes: z.number(),
  /** Why this engine and not a faster one. */
  why: z.string(),
  /** What would make it faster, each a sentence; may be empty. */
  faster: z.array(z.string()),
  versions: z.record(z.string(), z.string()),
  // Reports that were stored with runs before these fields existed have none of them.
  /** Whether a step runs as a recorded TensorFlow graph, and not operation by operation. */
  recordedGraphs: z.boolean().optional(),
  /** Of our own kernels in those graphs, e.g. AVX-512; absent on a GPU, which uses none of them. */
  instructionSet: z.string().optional(),
  /** Whether the device has instructions for bfloat16; absent where that is not known. */
  hasBfloat16: z.boolean().optional(),
})
export type EngineReport = z.infer<typeof engineReportSchema>
