import { z } from 'zod'

/** onnx, savedmodel and tfjs hold the graph with its preprocessing; safetensors (timm's names) and npz (the published names) the weights. */
export const exportFormats = ['onnx', 'savedmodel', 'tfjs', 'safetensors', 'npz'] as const
export const exportFormatSchema = z.enum(exportFormats)
export type ExportFormat = z.infer<typeof exportFormatSchema>
/** As a person says them. */
export const exportFormatNames: Readonly<Record<ExportFormat, string>> = {
  onnx: 'ONNX',
  savedmodel: 'TensorFlow SavedModel',
  tfjs: 'TensorFlow.js',
  safetensors: 'safetensors',
  npz: 'npz',
}

/** Greatest difference between the two sides over all golden images. */
const differenceSchema = z.object({
  absolute: z.number(),
  /** To the greatest absolute value of our side. */
  relative: z.number(),
})
export type Difference = z.infer<typeof differenceSchema>

/** A drawn image that both sides saw, with the classes that are likeliest to us. */
const goldenImageSchema = z.object({
  widthPx: z.int(),
  heightPx: z.int(),
  /** Of its uint8 RGB pixels. */
  sha256: z.string(),
  /** At most 100 of them, largest first, so that the certificate of 21,843 classes can be read. */
  logits: z.array(z.object({ classIndex: z.int(), ours: z.number(), theirs: z.number() })),
  argMaxAgrees: z.boolean(),
})

/**
 * What was measured when an export was written: the model through the workbench's engine beside the files through their format's own runtime. An
 * export whose certificate fails is not kept.
 */
/** Over some images. */
const spreadSchema = z.object({ median: z.number(), worst: z.number() })

/** The file by which an export is known. */
export const certificateName = 'certificate.json'

export const certificateSchema = z.object({
  format: exportFormatSchema,
  /** ISO 8601. */
  createdAt: z.string(),
  workbenchVersion: z.string(),
  model: z.object({
    name: z.string(),
    /** What it is, e.g. BiT-Tiny fine-tuned on flowers. */
    title: z.string(),
    /** R50x1 … or units:1-1-1-1,width:0.5 */
    architecture: z.string(),
    /** Of the parameters as float32 little-endian, kernels HWIO, in the published order. */
    sha256: z.string(),
    parameterCount: z.number(),
    classCount: z.int(),
    cropPx: z.int(),
  }),
  /** Our side. */
  engine: z.object({ name: z.string(), version: z.string(), device: z.string() }),
  /** Their side. */
  runtime: z.object({ name: z.string(), version: z.string(), device: z.string() }),
  files: z.array(z.object({ path: z.string(), byteCount: z.number(), sha256: z.string() })),
  images: z.array(goldenImageSchema),
  logits: differenceSchema,
  probabilities: differenceSchema,
  argMaxAgrees: z.boolean(),
  tolerance: z.object({
    /** Of logits and probabilities. */
    absolute: z.number(),
    /** How much one rounding of the images to float32 changes a logit. */
    rounding: z.number(),
    because: z.string(),
  }),
  /** How far the images brought to the crop's side are from the reference, in grey levels of 0 … 255; null where preprocessing is not inside. */
  resize: z.object({ greatestLevels: z.number(), toleranceLevels: z.number() }).nullable(),
  /**
   * How far what the workbench itself sees of photos is from what these files see: its decoder rounds to whole levels, and decodes large JPEGs
   * smaller. On images like photos, drawn, of many sizes, as JPEGs. In grey levels of 0 … 255, and what that does to the probabilities.
   */
  decoder: z.object({
    photos: z.array(
      z.object({
        widthPx: z.number().int(),
        heightPx: z.number().int(),
        meanLevels: z.number(),
        greatestLevels: z.number(),
        /** Of the class that differs most. */
        probabilities: z.number(),
        argMaxAgrees: z.boolean(),
      }),
    ),
    meanLevels: spreadSchema,
    probabilities: spreadSchema,
  }),
  /** Weight files: whether each number read back is the same, bit for bit. null for graphs, whose kernels are standardized beforehand. */
  bitExact: z.boolean().nullable(),
  agrees: z.boolean(),
})
export type Certificate = z.infer<typeof certificateSchema>

/** A folder with the model, labels.txt, preprocessing.json, README.md and certificate.json. */
export const exportResultSchema = z.object({
  path: z.string(),
  /** Relative to it. */
  files: z.array(z.object({ path: z.string(), byteCount: z.number() })),
  byteCount: z.number(),
  certificate: certificateSchema,
})
export type ExportResult = z.infer<typeof exportResultSchema>
