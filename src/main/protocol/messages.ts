/**
 * What passes between the core (supervisor) and a trainer (child process), over Node's advanced-serialization channel.
 * Both are built together, so the types are the check; the supervisor still treats a dead or silent child as usual.
 */
import type { Certificate, ExportFormat } from '../../contract/entities/export'
import type { EngineReport, ModelSpec } from '../../contract/entities/model'
import type {
  Evaluation,
  LogLine,
  LossName,
  Precision,
  Recipe,
  StepMetric,
} from '../../contract/entities/run'
import type { SplitPart } from '../../contract/entities/dataset'
import type { WireError } from '../../contract/errors'
import type { ModelFacts } from '../../domain/model/model-facts'
import type { SourceAddress } from '../sources/source'
import type { BlockShape, PredictedRow } from '../../domain/prediction-set/block'

/** Images of one part, column by column. `keys` are those of the job's source. */
export interface JobImages {
  readonly ids: readonly number[]
  readonly keys: readonly string[]
  readonly labelIndices: readonly number[]
}

/** It could not be read, and counts for nothing from `fromPosition` of the stream of batches on. */
export interface UnreadableImage {
  readonly imageId: number
  /** Step index · batch size + place in the batch; of an evaluation: steps taken · batch size. */
  readonly fromPosition: number
  /** For people. */
  readonly reason: string
}

export interface TrainJob {
  readonly kind: 'train'
  readonly spec: ModelSpec
  readonly recipe: Recipe
  readonly classNames: readonly string[]
  readonly source: SourceAddress
  readonly images: Readonly<Record<SplitPart, JobImages>>
  /** A .npz or .safetensors to start from; null: seeded initialization. */
  readonly weightsPath: string | null
  /** Where an earlier part of the run ended; null from the beginning. */
  readonly resume: {
    /** How many steps its checkpoint has seen; its bytes come when they are asked for, see 'resume-wanted'. */
    readonly stepIndex: number
    /** Spent on those steps. */
    readonly trainingMs: number
    readonly waitMs: number
    /** Whether the validation that is due after that step is there: an interruption may have come before it. */
    readonly isValidated: boolean
    /** The checkpoint is another run's: this one saves a copy of its own before its first step, and counts no work as its own. */
    readonly isAnothers?: boolean
    /** The best accuracy on val so far; null: none was measured. */
    readonly bestAccuracy: number | null
  } | null
  /** Saves and validates after this step and ends there, as after a pause; absent: the run goes to its end. */
  readonly pauseAtStep?: number | undefined
  /** No step is taken: the weights of `resume` are evaluated as the run's result. */
  readonly onlyEvaluates?: boolean
  /** Images that are missing from a position on, see trainer/data/missing-images.ts; those of the run so far, and what the core found before it started. */
  readonly unreadable: readonly Omit<UnreadableImage, 'reason'>[]
  /** What a copy of a checkpoint may take, so that steps go on while it is sent; where it is larger, they wait. */
  readonly checkpointCopyBytes: number
  /** Decoded images kept in memory, at most this many bytes. */
  readonly cacheBytes: number
  /** Decoded images kept on disk, for later passes and later runs; null: none. */
  readonly imageCache: {
    readonly folder: string
    /** All of the folder together. */
    readonly limitBytes: number
    /** Left free on the disk. */
    readonly keepFreeBytes: number
  } | null
}

/** Times `stepCount` passes over random pixels. */
export interface MeasureJob {
  readonly kind: 'measure'
  /** Whole optimizer steps of `microBatchCount` micro-batches, or predictions. */
  readonly what: 'step' | 'predict'
  readonly microBatchCount: number
  /** Of the steps; all are over the same pixels. */
  readonly learningRate: number
  /** Also where the time of a micro-batch goes; costs one more. */
  readonly profile: boolean
  readonly spec: ModelSpec
  readonly classCount: number
  readonly microBatchSize: number
  readonly cropPx: number
  readonly precision: Precision
  readonly stepCount: number
}

/** Times a few steps and predictions of one model at several sizes, from which the estimates of all others are scaled. */
export interface ProbeJob {
  readonly kind: 'probe'
  readonly spec: ModelSpec
  readonly classCount: number
  readonly cases: readonly ProbeCase[]
}

export interface ProbeCase {
  readonly microBatchSize: number
  readonly cropPx: number
  readonly precision: Precision
}

export interface ProbeResult extends ProbeCase {
  /** Of a whole step of one micro-batch. */
  readonly stepMsPerImage: number
  readonly predictMsPerImage: number
  /** What the first step took more than the others: recording and loading its two graphs. */
  readonly firstStepMs: number
}

/** Loads a model and answers requests for images, one after another, until it is ended. */
export interface PredictJob {
  readonly kind: 'predict'
  readonly spec: ModelSpec
  /** Of the head; null where the file has none: then only features can be asked for. */
  readonly classCount: number | null
  readonly weightsPath: string
  readonly cropPx: number
  readonly precision: Precision
  /** softmax: probabilities that sum to 1. sigmoid: of each class on its own. */
  readonly loss: LossName
  /** Divides the logits before they become probabilities; absent or null: 1. */
  readonly temperature?: number | null
  /** The most images at once. */
  readonly batchSize: number
}

/** Writes a model for other programs and holds what was written to it. */
export interface ExportJob {
  readonly kind: 'export'
  readonly format: ExportFormat
  /** A .npz or .safetensors of the model. */
  readonly weightsPath: string
  /** Absolute; there, and empty. */
  readonly folder: string
  readonly model: ModelFacts
  readonly workbenchVersion: string
}

/** Only loads the engine and reports it. */
export interface ReportJob {
  readonly kind: 'report'
}

export type Job = TrainJob | MeasureJob | ProbeJob | PredictJob | ExportJob | ReportJob

export type ToTrainer =
  | { readonly type: 'start'; readonly job: Job }
  /** Of the checkpoint to go on from, values and momenta, float32 one after another, cut anywhere; null: there are no more. */
  | { readonly type: 'resume-part'; readonly bytes: Uint8Array | null }
  /** Stop after the current step, and then do as `then` says. A predict job only ends its request. */
  | { readonly type: 'stop'; readonly then: AfterStop }
  /** A predict job's next request; not before 'images-done' of the one before. */
  | ({ readonly type: 'images' } & ImageRequest)
  /** The core has committed everything up to the message with this number. */
  | { readonly type: 'committed'; readonly messageNumber: number }

/**
 * What a training does once it has stopped. evaluate: its result, a checkpoint, and the end. pause: a checkpoint alone, so that it can go on;
 * validate: the same after an evaluation on val. Where all steps are done it is evaluated in any case.
 */
export type AfterStop = 'evaluate' | 'pause' | 'validate'

export interface ImageRequest {
  /** Absolute; keys where there is a source. */
  readonly paths: readonly string[]
  /** Absent: files of no dataset, which no import has looked at. */
  readonly source?: SourceAddress
  /** evidence: what each place of one image says for some classes. */
  readonly want: 'top' | 'features' | 'logits' | { readonly evidenceFor: readonly number[] }
}

/** A finer map than the network's own, of the same function: from copies of the image that are shifted by less than a place. */
export interface EvidenceMaps {
  /** Of the map: ⌈cropPx/stepPx⌉ rows and columns. */
  readonly sidePlaces: number
  /** Of the image as the model sees it: from one place to the next. */
  readonly stepPx: number
  /** In the order asked for. */
  readonly classes: readonly {
    /** The model's answer, which is its bias and the mean of the network's own map. */
    readonly logit: number
    readonly bias: number
    /** [sidePlaces, sidePlaces], row by row: added to the logit where all places were like this one. */
    readonly map: Float32Array
  }[]
}

/** Of the image at `index` of the request's paths. */
export interface ImageAnswer {
  readonly index: number
  /** Upright; null where it cannot be read. */
  readonly widthPx: number | null
  readonly heightPx: number | null
  /** At most five, most probable first; empty unless asked for. */
  readonly topIndices: readonly number[]
  readonly topProbabilities: readonly number[]
  /** What the head reads; null unless asked for. */
  readonly features: Float32Array | null
  /** Of each class; null unless asked for. */
  readonly logits: Float32Array | null
  /** null unless asked for. */
  readonly evidence: EvidenceMaps | null
  /** Why it cannot be read. */
  readonly problem: string | null
}

export interface TensorHeader {
  /** The published name, e.g. resnet/block1/unit01/a/group_norm/gamma; momenta carry the suffix `/momentum`. */
  readonly name: string
  readonly shape: readonly number[]
  /** float32, little-endian. */
  readonly byteCount: number
}

export type PredictionRow = PredictedRow

export type FromTrainerBody =
  | { readonly type: 'engine'; readonly engine: EngineReport }
  | { readonly type: 'phase'; readonly phase: 'training' | 'evaluating' }
  /** Before the step or the evaluation that they count for nothing in. */
  | { readonly type: 'unreadable'; readonly images: readonly UnreadableImage[] }
  /** A step none of whose images can be read: it changed nothing and has no figures. */
  | { readonly type: 'empty-step'; readonly stepIndex: number }
  | { readonly type: 'step'; readonly metric: StepMetric; readonly peakMemoryBytes: number }
  /** `waitMs`: how long it waited for images. */
  | { readonly type: 'evaluation'; readonly evaluation: Evaluation; readonly waitMs: number }
  | { readonly type: 'log'; readonly line: LogLine }
  /** The next part of the checkpoint that the job goes on from. */
  | { readonly type: 'resume-wanted' }
  /** A checkpoint is begin, then every tensor's bytes in order cut into chunks of at most 1 MiB, then end. */
  | {
      readonly type: 'checkpoint-begin'
      readonly stepIndex: number
      readonly tensors: readonly TensorHeader[]
    }
  | { readonly type: 'checkpoint-chunk'; readonly bytes: Uint8Array }
  | { readonly type: 'checkpoint-end'; readonly sha256: string }
  /** Of the evaluated part at the end, for queries; its set comes beside it. */
  | { readonly type: 'predictions'; readonly rows: readonly PredictionRow[] }
  /** A prediction set is begin, then blocks (domain/prediction-set/block.ts), then end; without an end it was broken off. One at a time. */
  | {
      readonly type: 'set-begin'
      readonly stepIndex: number
      readonly part: SplitPart
      readonly shape: BlockShape
      /** Images of the part: the set may have fewer. */
      readonly partCount: number
    }
  | { readonly type: 'set-block'; readonly bytes: Uint8Array }
  | { readonly type: 'set-end'; readonly sha256: string }
  /** The model is loaded: requests may come. */
  | { readonly type: 'predictor-ready' }
  /** In the order of the request's paths, none left out. */
  | { readonly type: 'predicted'; readonly answers: readonly ImageAnswer[] }
  /** The request is answered, or was stopped. */
  | { readonly type: 'images-done' }
  | {
      readonly type: 'measured'
      readonly msPerImage: number
      readonly peakMemoryBytes: number
      /** Mean cross-entropy of each step from the first, before its update, nats; the steps that warm up count. Empty for predictions. */
      readonly losses: readonly number[]
      /** Empty unless asked for, and where the engine does not tell. */
      readonly operations: readonly OperationTime[]
    }
  /** In the order of the job's cases. */
  | { readonly type: 'probed'; readonly results: readonly ProbeResult[] }
  | {
      readonly type: 'finished'
      /** `stopped` when the user asked for it. */
      readonly outcome: 'done' | 'stopped'
      /** Steps that the evaluated weights have seen, where a run has taken more. */
      readonly resultStep?: number
      readonly imagesPerSecond: number
      readonly waitFraction: number
      readonly trainingMs: number
      readonly peakMemoryBytes: number
      readonly evaluatedOn: SplitPart
    }
  /** How far an export, a measurement or a probe is. `total` null: not known. */
  | {
      readonly type: 'progress'
      readonly phase: string
      readonly done: number
      readonly total: number | null
    }
  /** All files of the folder, relative to it. */
  | {
      readonly type: 'exported'
      readonly files: readonly { readonly path: string; readonly byteCount: number }[]
      readonly certificate: Certificate
    }
  /** A training was asked to pause, its state is saved, and it can be resumed: the last of its messages. */
  | { readonly type: 'paused' }
  /** A training cannot go on now and can be resumed: the last of its messages. */
  | { readonly type: 'interrupted'; readonly error: WireError }
  | { readonly type: 'failed'; readonly error: WireError }

/** `messageNumber` counts from 1. The trainer waits while more than 64 messages are uncommitted. */
export type FromTrainer = FromTrainerBody & { readonly messageNumber: number }

export interface OperationTime {
  /** E.g. Conv2DBackpropFilter */
  readonly operation: string
  readonly count: number
  readonly totalMs: number
}
