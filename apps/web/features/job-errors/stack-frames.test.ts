import { expect, test } from 'vitest'
import { parseStack } from './stack-frames.ts'

const STACK = `SyntaxError: Unexpected end of JSON input
    at JSON.parse (<anonymous>)
    at cents (failing.ts:12:11)
    at async failing.ts:5:21
    at out0.collect (eval at compileChain (file:///opt/weir/slot-worker.js:7764:17), <anonymous>:14:14)
    at poll (file:///opt/weir/failing.ts:467:28)`

test('frames of the own file know their line, all others do not', () => {
  const { head, frames } = parseStack(STACK, 'failing.ts')
  expect(head).toBe('SyntaxError: Unexpected end of JSON input')
  expect(frames.map(({ line }) => line)).toEqual([null, 12, 5, null, null])
  expect(frames[1]!.text).toBe('cents (failing.ts:12:11)')
})

test('a message of several lines is the head', () => {
  expect(parseStack('Error: a\nb\n    at f (x.ts:1:2)', 'x.ts')).toEqual({
    head: 'Error: a\nb',
    frames: [{ text: 'f (x.ts:1:2)', line: 1 }],
  })
})

test('what is no stack is shown as it is', () => {
  expect(parseStack('just a message', 'x.ts')).toEqual({ head: 'just a message', frames: [] })
  expect(parseStack('', 'x.ts')).toEqual({ head: '', frames: [] })
})
