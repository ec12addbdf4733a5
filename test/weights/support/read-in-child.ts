/** Reads the file named in a process of its own and prints what that took: bytes of the weights, resident bytes before and at most. */
import { readWeights } from '../../../src/main/weights/read'

async function main(): Promise<void> {
  const resident = (): number => process.resourceUsage().maxRSS * 1024
  const beforeBytes = resident()
  const weights = await readWeights(process.argv[2] ?? '')
  const weightBytes = [...weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
  process.stdout.write(JSON.stringify({ weightBytes, beforeBytes, peakBytes: resident() }))
}

void main()
