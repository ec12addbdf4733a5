/** The models that are measured: as our trainer and as the peers name them. */
export const models = {
  r50x1: { spec: { units: [3, 4, 6, 3], width: 1 }, title: 'R50x1' },
  small: { spec: { units: [1, 1, 1, 1], width: 0.5 }, title: 'units 1-1-1-1 width 0.5' },
}
