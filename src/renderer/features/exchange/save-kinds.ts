/** What runs can be saved as. */
export type SaveKind = 'report' | 'bundle' | 'tensorboard' | 'mlruns'

interface Kind {
  readonly id: SaveKind
  readonly label: string
  readonly about: string
  /** How its name ends. */
  readonly end: string
  /** Of a file; a folder has none. */
  readonly endings: readonly string[]
  /** Whether it holds one run only. */
  readonly isOfOne: boolean
}

const report: Kind = {
  id: 'report',
  label: 'Report (HTML)',
  about:
    'One file for any browser: settings, curves, tables with intervals, mistakes with small copies of their images. It needs no network, and prints well.',
  end: 'report.html',
  endings: ['html'],
  isOfOne: false,
}

export const saveKinds: readonly [Kind, ...Kind[]] = [
  report,
  {
    id: 'bundle',
    label: 'Bundle for another workbench',
    about: 'Curves, predictions, weights, and the list of images by content; not the images.',
    end: 'bitw.zip',
    endings: ['zip'],
    isOfOne: true,
  },
  {
    id: 'tensorboard',
    label: 'TensorBoard event files',
    about: 'A folder with the curves. "tensorboard --logdir FOLDER" shows them.',
    end: 'tensorboard',
    endings: [],
    isOfOne: false,
  },
  {
    id: 'mlruns',
    label: 'MLflow (mlruns)',
    about:
      'A folder with settings and curves, an experiment for each dataset. Runs can be added to it later.',
    end: 'mlruns',
    endings: [],
    isOfOne: false,
  },
]
