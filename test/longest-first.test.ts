import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { TestSpecification, Vitest } from 'vitest/node'
import { LongestFirst, SECONDS } from './longest-first.ts'

const root = join(import.meta.dirname, '..')

it('the slow files that are named are there', () => {
  expect(Object.keys(SECONDS).filter(path => !existsSync(join(root, path)))).toEqual([])
})

it('the slow files come first, longest first, and after them those that are not named', async () => {
  const project = { name: 'e2e', config: { sequence: { groupOrder: 1 }, isolate: true } }
  const files = ['vitest.config.ts', 'e2e/faults.test.ts', 'e2e/web/web-app.test.ts', 'e2e/flow-control.test.ts'].map(
    path => ({ project, moduleId: join(root, path) }) as unknown as TestSpecification,
  )
  const vitest = { config: { root }, cache: { getTestSpecificationResult: () => undefined } } as unknown as Vitest
  const sorted = await new LongestFirst(vitest).sort(files)
  const [other, faults, web, flow] = files
  expect(sorted).toEqual([web, flow, faults, other])
})
