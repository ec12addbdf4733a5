import { z } from 'zod'
import { wireErrorSchema } from '../errors'

/** A GroupNorm + Weight-Standardized ResNet-v2. `width` multiplies 64, 128, 256, 512 channels; 64·width must be a multiple of 32. */
export const modelSpecSchema = z.object({
  units: z.tuple([
    z.int().min(1).max(64),
    z.int().min(1).max(64),
    z.int().min(1).max(64),
    z.int().min(1).max(64),
  ]),
  width: z.number().min(0.5).max(8).multipleOf(0.5),
  /** BiT's are group and standardized; the others are for the paper's ablation. Absent: BiT's. */
  norm: z.enum(['group', 'batch']).optional(),
  convolution: z.enum(['standardized', 'plain']).optional(),
})
export type ModelSpec = z.infer<typeof modelSpecSchema>

/** Where weights come from: embedded:bit-tiny · published:BiT-M-R50x1 · run:12 (its last checkpoint), run:12@best, run:12@400 (after that step) · path:/absolute/file · in-use:3 (of that dataset) */
export const modelIdSchema = z
  .string()
  .max(4200)
  .regex(
    /^(?:embedded:[\w.-]+|published:[\w./-]+|run:\d{1,15}(?:@(?:last|best|\d{1,15}))?|in-use:\d{1,15}|path:.+)$/,
  )

/** What a training starts from where nobody chose: it comes with the workbench. */
export const startModelId = 'embedded:bit-tiny'

/** Weights that can be trained on, predicted with, exported: one row of the zoo. */
export const modelEntrySchema = z.object({
  id: modelIdSchema,
  origin: z.enum(['embedded', 'published', 'run', 'file']),
  name: z.string(),
  /** What it is: 'BiT-Tiny', 'BiT-Tiny fine-tuned on flowers'. */
  title: z.string(),
  /** R50x1 … or units:1-1-1-1,width:0.5 */
  architecture: z.string(),
  spec: modelSpecSchema,
  /** Of its head; null where it has none, or where that is not known before the download. */
  classCount: z.int().nullable(),
  hasClassNames: z.boolean(),
  parameterCount: z.number(),
  /** Side of the images that it is made for. */
  cropPx: z.int(),
  /** Of one forward pass at `cropPx`, in 1e9. */
  convGmac: z.number(),
  /** Of the file; for a run of its weights. */
  byteCount: z.number(),
  /** absent: not downloaded. partial: a download was interrupted and can go on. broken: see `problem`. */
  state: z.enum(['ready', 'absent', 'partial', 'downloading', 'broken']),
  problem: wireErrorSchema.nullable(),
  /** What it learnt from and how, a sentence. */
  trainedOn: z.string(),
  /** What is known of its quality: of which test images how large a share is right, e.g. ImageNet · 80.4 %. */
  figures: z.array(z.object({ what: z.string(), value: z.string() })),
  path: z.string().nullable(),
  runId: z.int().nullable(),
  /** Of the download under way. */
  taskId: z.int().nullable(),
  /** Bytes here of a download that is not whole. */
  downloadedBytes: z.number(),
  /** Fine-tuning it on the dataset asked about, by HyperRule; null without one. */
  cost: z
    .object({
      memoryBytes: z.number(),
      memoryFits: z.boolean(),
      /** From the start to the last evaluation. */
      durationMs: z.number(),
      basis: z.string(),
    })
    .nullable(),
})
export type ModelEntry = z.infer<typeof modelEntrySchema>

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
  /** Bytes: all that a card has; on the processor, what was free when the engine started. */
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
