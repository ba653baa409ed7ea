import { expect, test } from 'vitest'
import { WeirError } from '../base/errors.ts'
import { userError } from './operator-errors.ts'

const node = { uid: 'm', type: 'map', name: 'to upper case', config: {} }

test('an error of user code is wrapped with operator, message and stack of the original', () => {
  const original = new TypeError('x is not a function')
  const error = userError(original, node)
  expect(error).toMatchObject({
    code: 'USER_FUNCTION',
    message: "operator 'to upper case': x is not a function",
    place: { operator: 'to upper case' },
    cause: original,
  })
  expect(error.stack).toBe(original.stack)
})

test('what is thrown and is no error is shown', () => {
  expect(userError('no reason', node).message).toBe("operator 'to upper case': no reason")
  expect(userError(undefined, node).message).toBe(
    "operator 'to upper case': undefined was thrown; throw an Error that says what is wrong",
  )
  expect(userError(new RangeError(), node).message).toBe("operator 'to upper case': RangeError")
})

test('an error that names its operator passes unchanged: it came from further down', () => {
  const below = userError(new Error('broken'), { ...node, name: 'below' })
  expect(userError(below, node)).toBe(below)
})

test('an error of ours keeps its code and its problems and learns where it was', () => {
  const error = new WeirError('KEY_TYPE', 'the key is null', { place: { line: 3 }, problems: [{ message: 'p' }] })
  expect(userError(error, node)).toMatchObject({
    code: 'KEY_TYPE',
    message: "operator 'to upper case': the key is null",
    place: { line: 3, operator: 'to upper case' },
    problems: [{ message: 'p' }],
  })
})
