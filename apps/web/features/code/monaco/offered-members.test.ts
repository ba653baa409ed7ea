import { expect, test } from 'vitest'
import { forJobs } from './offered-members.ts'
import { languageService } from './testing.ts'

const SDK = 'export declare class Env { getJobGraph(): object; addSource(): void }'

function offered(text: string): readonly string[] | undefined {
  const at = text.indexOf('|')
  const service = languageService({ '/job.ts': text.replace('|', ''), '/sdk.ts': SDK })
  return forJobs(service.getCompletionsAtPosition('/job.ts', at, undefined))?.entries.map(({ name }) => name)
}

test('an environment offers what a job is written with', () => {
  expect(offered("import { Env } from '@weir/sdk'\nnew Env().|")).toEqual(['addSource'])
})

test('names of the job itself are offered, whatever they are', () => {
  expect(offered('const getJobGraph = 1\n|')).toContain('getJobGraph')
})
