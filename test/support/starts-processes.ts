/** What a file of tests imports to start processes, itself or through helpers. */
const starters =
  /\bfrom '(?:node:child_process|(?:\.{1,2}\/)+(?:support\/)?(?:test-core|build-trainer|run-cli))'/

/** Whether how its processes are scheduled may decide about its tests. */
export function startsProcesses(source: string): boolean {
  return starters.test(source)
}
