import type { TrainRequest } from '../../../contract/entities/run'
import { go } from '../../router.svelte'
import { hrefTo } from '../../routes'
import { toasts } from '../../state/toasts.svelte'
import { train } from '../../state/runs/train.svelte'

/** Opens Train with what is asked for: nothing starts before someone has seen it. */
export async function openTraining(ask: () => Promise<TrainRequest>): Promise<void> {
  await toasts.attempt(async () => {
    const request = await ask()
    train.prepare(request)
    go(hrefTo('train', null, { dataset: request.datasetId }))
  })
}
