import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ResultsFile } from './results-file.ts'
import { resultOf, SETTINGS } from './testing.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-test-'))
  path = join(folder, 'new/results.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

test('what was measured is found again by whoever opens the file next', () => {
  const result = resultOf('q5', 2)
  new ResultsFile(path).add(result)
  expect(new ResultsFile(path).find(SETTINGS, 1)).toEqual(result)
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2)
})

test('a race that differs in anything is another one', () => {
  const results = new ResultsFile(path)
  results.add(resultOf('q5', 2))
  expect(results.find({ ...SETTINGS, events: 1 }, 1)).toBeUndefined()
  expect(results.find({ ...SETTINGS, state: 'rocksdb' }, 1)).toBeUndefined()
  expect(results.find({ ...SETTINGS, memoryMb: 512 }, 1)).toBeUndefined()
  expect(results.find(SETTINGS, 3)).toBeUndefined()
})

test('a line that was cut off is named', () => {
  new ResultsFile(path).add(resultOf('q5', 2))
  appendFileSync(path, '{"query":"q7"')
  expect(() => new ResultsFile(path)).toThrow(`line 2 of ${path} is no result`)
})
