import { it } from 'vitest'
import { expectAccessible, takePictures } from '../support/browser.ts'
import type { WebWorld } from '../support/web-world.ts'

export function pages(world: WebWorld): void {
  it.each([
    ['home', '/', 'Home'],
    ['pipelines', '/pipelines', 'Pipelines'],
    ['jobs', '/jobs', 'Jobs'],
    ['api-docs', '/api-docs', 'API docs'],
    ['not-found', '/no/such/page', 'There is no such page'],
  ])('%s is accessible in both themes', async (name, path, heading) => {
    const page = await world.open({ path, expected: [/404/] })
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await page.getByRole('button', { name: 'Live', exact: true }).waitFor()
    await expectAccessible(page)
    await takePictures(page, name)
  })
}
