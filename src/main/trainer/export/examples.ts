/** Programs that use an export, for its README. Each takes a photo's path, runs in the export's folder, and is run by the tests as it stands. */
import type { ExportFormat } from '../../../contract/entities/export'
import type { Example } from './example-parts'
import { graphExamples } from './graph-examples'
import type { ModelFacts } from '../../../domain/model/model-facts'
import { weightExamples } from './weight-examples'

export function examplesOf(format: ExportFormat, facts: ModelFacts): Example[] {
  switch (format) {
    case 'onnx':
    case 'savedmodel':
    case 'tfjs':
      return graphExamples(format, facts)
    case 'safetensors':
    case 'npz':
      return weightExamples(format, facts)
  }
}
