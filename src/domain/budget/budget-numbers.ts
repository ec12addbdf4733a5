/**
 * Every number that the budget planner decides by, in one place, so that measurements can correct them. Unless said otherwise they come from
 * BiT-XS on flowers17, 20 images a class, bfloat16, two cores (accuracy on 340 test images):
 *   150 × 32 at 96 px, rate 0.05: 78.8 % in 53 s · 300 × 64 at 96 px, 0.1: 80.0 % in 155 s · 600 × 32 at 96 px, 0.1: 80.0 % in 185 s
 *   300 × 64 at 96 px, 0.2: 74.4 % · 300 × 64 at 128 px, 0.1: 81.5 % in 247 s
 */
export const budgetNumbers = {
  /** Sides of the crop that are tried, px. Multiples of 32, the model's stride. */
  crops: [64, 96, 128, 160, 192, 224, 288, 384],
  batches: [16, 32, 64, 128, 256, 512],
  /** The image's side before the crop, as a multiple of it: the rule's are 448 ÷ 384 and 160 ÷ 128. */
  resizeFactor: 1.2,
  /** An image that is enlarged more than this shows nothing new and costs like a large one. */
  mostEnlargement: 2,

  /** Shares of the budget that evaluations along the way, and checkpoints, may take. */
  evaluationShare: 0.06,
  checkpointShare: 0.02,
  /** As the rule has it: so many evaluations and checkpoints at most. */
  mostEvaluations: 19,
  mostCheckpoints: 9,

  /** For a small model, such as comes with the workbench, every layer of which learns. */
  small: {
    /**
     * A crop is taken when so many images can be seen at it: 150 × 32 at 96 px, and so much more at a larger crop that 5 minutes still take 128 px.
     * More classes than `classCount` need more, by the square root: caltech101's 101 classes in a minute 52.7, 52.7 % at 96 px (745 × 32) on two draws,
     * 49.1, 46.5 % at 128 px.
     */
    imagesAtCrop: { images: 4_500, cropPx: 96, growth: 3, classCount: 17 },
    /** And not before each training image was seen so often, for datasets so small that this is less than `mostImages`. */
    leastEpochs: 4,
    mostImages: 10_000,
    /** A batch is taken when its steps number so many times the batch: 150 × 32 and 300 × 64 were, 600 × 32 gave nothing over 300 × 64. */
    stepsPerBatch: 4.5,
    /** And when the training images are so many batches. The sample, 10 a class (108 images): 67.5 % with 303 × 64, 70 to 71 % with 300 and 400 × 32. */
    leastBatchesPerEpoch: 3,
    /**
     * The first layers stay as they are, and images are mixed where each is seen often: 480 × 32 at 128 px, MixUp alone 80.3, 82.1 %, both 81.2, 82.4 %,
     * neither (534 and 475 steps) 80.0, 80.6 % on two draws; the sample, 10 a class 72.4 % against 67.5 %; CIFAR-10, 100 a class 65.6 % against 62.5 %.
     * MixUp 0.5: 80.0, 82.4 %; frozen up to block2: 85.0, 79.7 % where neither gave 84.7, 80.0 %; weight decay 0.002: 80.6, 81.2 %; inception crops: 78.8, 78.5 %.
     */
    frozen: 'block1',
    mixupAlpha: 0.2,
    /** Below so many steps of 32 the batch is 16. */
    leastSteps: 60,
    /** 0.05 for 32, 0.1 for 64; above by the square root, since twice the rate was too much already at 64. */
    rate: { batchSize: 64, rate: 0.1 },
    /** Fewer steps than these teach the whole network less than its head alone would learn. */
    leastFineTuningSteps: 20,
  },

  /** For published models, which were trained on millions of images (not measured here: the paper's numbers and its smallest batch of steps). */
  published: {
    /** The least crop, as a share of the side that the model was trained at. */
    leastCropShare: 0.57,
    batches: [32, 64, 128, 256, 512],
    /** A batch is taken when it has so many steps; fewer steps of the smallest are no fine-tuning: then only the head learns. */
    leastSteps: 100,
    /** The paper's: 0.003 for 512, in proportion. */
    rate: { batchSize: 512, rate: 0.003 },
  },

  /** MixUp is for images that are seen again and again: it helped from 50 views of each on; the rule has it from 20,000 images on, with 256 views. */
  leastViewsForMixup: 20,
  /** bfloat16 departs from the rule: it must be worth it. */
  leastPrecisionGain: 1.05,
  /** A plan that needs more than so much of its budget says so. */
  lateFactor: 1.1,
} as const
