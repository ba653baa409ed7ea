import { describe, expect, test } from 'vitest'
import { WeirError } from './errors.ts'
import { describeThrown, MESSAGE_MAX, STACK_MAX } from './thrown.ts'

const refuse = (): never => {
  throw new Error('no question')
}
const REFUSING = new Proxy(new Error('x'), { get: refuse, getPrototypeOf: refuse, has: refuse, ownKeys: refuse })

describe('what was thrown', () => {
  test('is told by its message and stack where it is an error', () => {
    const error = new RangeError('too far')
    expect(describeThrown(error)).toEqual({ message: 'too far', stack: error.stack })
    expect(describeThrown(new RangeError()).message).toBe('RangeError')
  })

  test('is told as it is where it is a text', () => {
    expect(describeThrown('no reason')).toEqual({ message: 'no reason', stack: undefined })
  })

  test.each([
    [null, 'null'],
    [undefined, 'undefined'],
    ['', '""'],
    [10n, '10n'],
    [Symbol('hm'), 'Symbol(hm)'],
    [{ status: 404 }, '{"status": 404}'],
    [Object.create(null), '{}'],
  ])('is shown, with what to do, where it is %s', (thrown, text) => {
    expect(describeThrown(thrown).message).toBe(`${text} was thrown; throw an Error that says what is wrong`)
  })

  test('is told as far as it lets itself be asked', () => {
    expect(describeThrown(REFUSING).message).toMatch(/cannot be shown.*was thrown; throw an Error/)
    const silent = new TypeError('x')
    for (const name of ['message', 'stack']) Object.defineProperty(silent, name, { get: refuse })
    expect(describeThrown(silent)).toEqual({ message: 'TypeError', stack: undefined })
    Object.defineProperty(silent, 'name', { value: 5 })
    expect(describeThrown(silent).message).toBe('an error whose message cannot be read')
    expect(WeirError.from(REFUSING).code).toBe('INTERNAL')
  })

  test('is cut to a length that can be kept, without losing the lines of its stack', () => {
    const { message, stack } = describeThrown(new Error('x'.repeat(1_000_000)))
    expect([message.length, message.at(-1)]).toEqual([MESSAGE_MAX, '…'])
    expect(stack?.length).toBeLessThan(MESSAGE_MAX + STACK_MAX)
    expect(stack).toMatch(/x…\n\s+at /)
    const deep = new Error('x')
    deep.stack = 'y'.repeat(1_000_000)
    expect(describeThrown(deep).stack).toHaveLength(STACK_MAX)
    expect(describeThrown('z'.repeat(1_000_000)).message).toHaveLength(MESSAGE_MAX)
  })
})
