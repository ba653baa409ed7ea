import { expect, it } from 'vitest'
import { expectAccessible, takePictures } from '../support/browser.ts'
import { until } from '../support/cluster.ts'
import type { WebWorld } from '../support/web-world.ts'

export function pages(world: WebWorld): void {
  it.each([
    ['home', '/', 'Home'],
    ['pipelines', '/pipelines', 'Pipelines'],
    ['jobs', '/jobs', 'Jobs'],
    ['api-docs', '/api-docs', 'The HTTP interface'],
    ['not-found', '/no/such/page', 'There is no such page'],
  ])('%s is accessible in both themes', async (name, path, heading) => {
    const page = await world.open({ path, expected: [/404/] })
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    await page.getByRole('button', { name: 'Live', exact: true }).waitFor()
    await expectAccessible(page)
    await takePictures(page, name)
  })

  it.each([
    ['/jobs', 'Search jobs'],
    ['/pipelines', 'Search pipelines'],
    ['/templates', 'Search templates'],
  ])('the search of %s keeps every letter however fast they come, and the address follows', async (path, label) => {
    const page = await world.open({ path })
    const field = page.getByLabel(label)
    await field.focus()
    const text = 'the quick brown fox jumps over the lazy dog'
    await page.keyboard.type(text)
    expect(await field.inputValue()).toBe(text)
    await until(2_000, 'the address to follow', async () => new URL(page.url()).searchParams.get('search') === text)
    expect(await field.inputValue()).toBe(text)
    await page.reload()
    await field.waitFor()
    expect(await field.inputValue()).toBe(text)
    await page.getByRole('button', { name: 'Show all' }).click()
    await until(2_000, 'the address to be plain', async () => new URL(page.url()).search === '')
    await until(2_000, 'the field to be empty', async () => (await field.inputValue()) === '')
  })
}
