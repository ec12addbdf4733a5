/**
 * npm run bench -- CASE [--json] [--peer PYTHON] [--runs N] …
 *
 * Ours and the peers' in turn, A B A B …, in one call; medians and quartiles. The peer's Python is the caller's own (with Pillow for `import`, with
 * torch and torchvision for `input`, with torch and timm for `step`, `engines` and `gpu`); the set-up never installs it. Without a peer: ours alone.
 */
import { parseArgs } from 'node:util'
import { budgetResults } from './cases/budget.mjs'
import { checkpointResults } from './cases/checkpoint.mjs'
import { clusterResults } from './cases/cluster.mjs'
import { curvesResults } from './cases/curves.mjs'
import { enginesResults } from './cases/engines.mjs'
import { fuzzResults } from './cases/fuzz.mjs'
import { galleryResults } from './cases/gallery.mjs'
import { gpuResults } from './cases/gpu.mjs'
import { historyResults } from './cases/history.mjs'
import { importCase } from './cases/import.mjs'
import { inputCase } from './cases/input.mjs'
import { killResults } from './cases/kill.mjs'
import { soakResults } from './cases/soak.mjs'
import { opponents, stepResults } from './cases/step.mjs'
import { transferResults } from './cases/transfer.mjs'
import { pairResult } from './pair.mjs'
import { printResult } from './print.mjs'

const usage = `usage: npm run bench -- step|engines|gpu|import|input|gallery|curves|history|checkpoint|kill|cluster|transfer|budget|fuzz|soak [--json] [--peer PYTHON] [--runs N]
  step   [--case NAME] [--against ${Object.keys(opponents).join(',')}] [--precision bfloat16]
         [--effective N] [--micro N]  batch and micro-batch of r50x1-hyper-128 (512 for HyperRule's own; 64 stands in)
  import --folder IMAGES, input [--folder IMAGES]
  gallery [--case 1000000]  without a peer: how long opening and queries take in the core and in the page, by how many images
  curves  without a peer: steps in the store, and the frames of a page with twenty runs
  history  without a peer: ten thousand runs found, sorted and grouped, in the core and in the page
  cluster [--case slurm|ray|kubernetes]  a search on Slurm of this machine, and on Ray and for Kubernetes with a --peer that has them
  checkpoint [--case "300 MB"]  what saving costs; --runs is how many checkpoints, ten seconds apart
  kill [--case 200]  kill -9 of core and trainer at so many random moments: nothing committed is lost
  transfer [--data FOLDER] [--weights MODEL] [--case NAME]  --runs is how many seeds
  budget [--data FOLDER] [--state FILE] [--weights MODEL] [--case "1m flowers17"]  --runs is how many resplits; goes on from FILE;
         "1m planner" and "1m grid" run the halves apart: only the planner's needs a quiet machine
  fuzz [--files N] [--seed N] [--case PARSER|PARSER:INDEX]  damaged files through every parser
  soak [--minutes 30]  a core that is used for long, and one that is killed again and again`

const cases = {
  step: stepResults,
  engines: enginesResults,
  gpu: gpuResults,
  import: inPairs('import', importCase),
  input: inPairs('input', inputCase),
  gallery: galleryResults,
  curves: curvesResults,
  history: historyResults,
  checkpoint: checkpointResults,
  cluster: clusterResults,
  kill: killResults,
  transfer: transferResults,
  budget: budgetResults,
  fuzz: fuzzResults,
  soak: soakResults,
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    peer: { type: 'string' },
    runs: { type: 'string', default: '5' },
    folder: { type: 'string' },
    case: { type: 'string' },
    against: { type: 'string' },
    precision: { type: 'string', default: 'float32' },
    effective: { type: 'string' },
    micro: { type: 'string' },
    weights: { type: 'string' },
    data: { type: 'string' },
    state: { type: 'string' },
    files: { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
const results = Object.hasOwn(cases, positionals[0] ?? '') ? cases[positionals[0]] : undefined
if (values.help || results === undefined || !['float32', 'bfloat16'].includes(values.precision)) {
  console.error(usage)
  process.exit(values.help ? 0 : 2)
}

const number = (text) => (text === undefined ? undefined : Number(text))
const options = {
  python: values.peer,
  runs: Number(values.runs),
  folder: values.folder,
  only: values.case,
  weights: values.weights,
  data: values.data,
  state: values.state,
  files: number(values.files),
  seed: number(values.seed),
  minutes: number(values.minutes),
  against: values.against?.split(','),
  precision: values.precision,
  effective: number(values.effective),
  micro: number(values.micro),
  note: (text) => console.error(text),
}
for await (const result of results(options)) {
  if (values.json) console.log(JSON.stringify(result))
  else printResult(result)
}

/** A case of ours against one peer gives one result. */
function inPairs(name, makeCase) {
  return async function* ({ folder, ...options }) {
    yield await pairResult(name, await makeCase({ folder }), options)
  }
}
