/** What a run takes beside the engine's work: measured on two cores of an AMD EPYC, processor time where a thread count divides it. */
export const runTimeNumbers = {
  /** Graphs of a run, in those of a step: the step's own and the prediction's, which has no gradient. */
  graphsOfRun: 1.4,
  /** Weights from the file to the engine: 500 MB/s. */
  readMsPerByte: 2e-6,
  /** A checkpoint into the database, with its SHA-256: 150 MB/s, and the exchange of messages. */
  saveMs: 30,
  saveMsPerByte: 7e-6,
  /** A plain JPEG of 640 × 500 px takes 1.4 ms in the addon and 4.1 in sharp, which decodes what shrinks by more; the file's reading and hashing come on top. */
  decodeMs: 0.7,
  decodeMsPerMegapixel: 7,
  /** `bench -- input`: later epochs are prepared at 3,400 images/s at 448 px by two threads. */
  useMsPerPixel: 2.9e-6,
  /** A step of the head alone; products of its forward pass and its gradient. */
  probeStepMs: 2,
  probeMsPerProduct: 2e-7,
  /** Of a run's time, what the scores of its training images may take at its end. */
  scoringShare: 0.05,
} as const
