import type { EngineReport } from '../../src/contract/entities/model'

/** Of two cores, as versions stored it that did not say yet how steps run. */
export const engineReport: EngineReport = {
  kind: 'tensorflow',
  version: '2.20.0',
  device: 'cpu',
  deviceName: 'Some CPU',
  threadCount: 2,
  memoryBytes: 8e9,
  why: '',
  faster: [],
  versions: {},
}
