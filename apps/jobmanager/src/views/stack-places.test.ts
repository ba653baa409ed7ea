import { expect, test } from 'vitest'
import { topmostPlace } from './stack-places.ts'

const stack = [
  'Error: at x (1:2:3)',
  '    at out0.collect (eval at compileChain (file:///app/chain.ts:22:16), <anonymous>:14:14)',
  '    at helper (lib/parse.ts:4:5)',
  '    at clicks.ts:6:29',
  '    at Subtask.step (/app/engine/subtask.ts:99:32)',
  '    at node:internal/timers:1:2',
].join('\n')

test('the topmost frame of the user, or of one file', () => {
  expect(topmostPlace(stack)).toEqual({ file: 'lib/parse.ts', line: 4, column: 5 })
  expect(topmostPlace(stack, 'clicks.ts')).toEqual({ file: 'clicks.ts', line: 6, column: 29 })
  expect(topmostPlace(stack, 'other.ts')).toBe(null)
})

test('a stack without the user, and none at all', () => {
  expect(topmostPlace('Error: x\n    at /app/x.js:1:2\n    at async file:///y.js:3:4')).toBe(null)
  expect(topmostPlace(null)).toBe(null)
})
