import { loadEngine } from '../../../src/main/trainer/engines/load'

/** Sets TensorFlow up for a test file, with recorded graphs. The variables must be there before the library loads. */
export async function loadTestEngine(): Promise<void> {
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1'
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  await loadEngine('tensorflow')
}
