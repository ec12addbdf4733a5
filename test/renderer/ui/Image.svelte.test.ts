import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { render } from 'vitest-browser-svelte'
import { imageKey } from '../../../src/renderer/image-key.svelte'
import Image from '../../../src/renderer/ui/Image.svelte'

it('an image that could not be read is asked for again once it may be there', async () => {
  await render(Image, { props: { address: '/no/such/image', sizePx: 64, alt: 'Iris' } })
  const broken = page.getByRole('img', { name: 'Iris: cannot be shown' })
  await expect.element(broken).toBeVisible()
  imageKey.again()
  await expect.element(page.getByRole('img', { name: 'Iris', exact: true })).toBeInTheDocument()
  await expect.element(broken).toBeVisible()
})
