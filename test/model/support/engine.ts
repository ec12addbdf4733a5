/** Sets TensorFlow up for a test file. The variables must be there before the library loads. */
export async function loadTestEngine(): Promise<void> {
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '1'
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  await import('@tensorflow/tfjs-node-gpu')
}
