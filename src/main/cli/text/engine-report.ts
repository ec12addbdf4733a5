import type { EngineReport } from '../../../contract/entities/model'

const kindNames: Record<EngineReport['kind'], string> = {
  tensorflow: 'native TensorFlow',
  wasm: 'WebAssembly (tfjs-backend-wasm)',
  webgpu: 'WebGPU (tfjs-backend-webgpu)',
  cpu: 'plain JavaScript (for tests)',
}

/** The report as lines for a terminal, without a newline at the end. */
export function formatEngineReport(report: EngineReport): string {
  const threads = report.threadCount === 1 ? '1 thread' : `${report.threadCount} threads`
  const lines = [
    `Engine    ${kindNames[report.kind]} ${report.version}`,
    `Why       ${report.why}`,
    `Device    ${report.device === 'gpu' ? 'GPU' : 'CPU'}: ${report.deviceName}, ${threads}`,
    ...stepLine(report),
    `Memory    ${(report.memoryBytes / 2 ** 30).toFixed(1)} GiB ${report.device === 'gpu' ? 'in all' : 'available'}`,
    `Versions  ${Object.entries(report.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
  ]
  if (report.faster.length === 0) lines.push('Faster    no known way')
  for (const [index, hint] of report.faster.entries())
    lines.push(`${index === 0 ? 'Faster  ' : '        '}  ${hint}`)
  return lines.join('\n')
}

/** How a training step runs; nothing where the report is older than the question. */
function stepLine({ recordedGraphs, instructionSet, hasBfloat16 }: EngineReport): string[] {
  if (recordedGraphs === undefined) return []
  if (!recordedGraphs) return ['Step      op by op, in float32']
  const kernels = instructionSet === undefined ? '' : `, our kernels with ${instructionSet}`
  const half =
    hasBfloat16 === undefined ? '' : `; bfloat16 ${hasBfloat16 ? 'in hardware' : 'emulated, slower'}`
  return [`Step      recorded TensorFlow graphs${kernels}${half}`]
}
