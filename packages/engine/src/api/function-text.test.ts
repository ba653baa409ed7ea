import { expect, test } from 'vitest'
import { functionText, functionTexts } from './function-text.ts'

const object = {
  plain(a: number, b: number) {
    return a - b
  },
  async later(a: number) {
    return a
  },
  *many() {
    yield 1
  },
  arrow: (a: number) => a + 1,
  single: (async: number) => async * 2,
  old: function named(a: number) {
    return a
  },
}

class Deduplicate {
  processElement(): number {
    return 42
  }
}

test.each([
  ['an arrow', object.arrow, [1], 2],
  ['a parameter called async', object.single, [2], 4],
  ['a function', object.old, [3], 3],
  ['a method', object.plain, [5, 3], 2],
])('the text of %s evaluates to the same function', (_, fn, args, result) => {
  const again = new Function(`return (${functionText(fn)})`)() as (...args: unknown[]) => unknown
  expect(again(...args)).toBe(result)
})

test('asynchronous and generator methods keep their kind', async () => {
  const texts = functionTexts(object, ['later', 'many'])
  expect(texts.later).toMatch(/^async function later\(a\)/)
  expect(texts.many).toMatch(/^function\* many\(\)/)
  expect([...new Function(`return (${texts.many})`)()()]).toEqual([1])
})

test('an object of a class has the text of its class', () => {
  expect(functionText(new Deduplicate())).toMatch(/^class Deduplicate \{[\s\S]*42/)
})

test('a built-in function has some text', () => {
  expect(functionText(String)).toContain('[native code]')
})
