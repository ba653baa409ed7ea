import { expect, test } from 'vitest'
import { suggestedName } from './suggested-name.ts'

test.each([
  ['Clicks of the shop', 'clicks', 'Clicks of the shop'],
  ['New pipeline', 'clicks', 'clicks'],
  ['New pipeline 2', 'clicks', 'clicks'],
  ['New pipeline for clicks', 'clicks', 'New pipeline for clicks'],
  ['New pipeline', 'my-pipeline', 'New pipeline'],
  ['New pipeline', undefined, 'New pipeline'],
])('the job of %s, which its code calls %s, is suggested to be called %s', (pipeline, inCode, suggested) => {
  expect(suggestedName(pipeline, inCode)).toBe(suggested)
})
