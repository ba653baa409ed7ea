import { expect, test } from 'vitest'
import { missingGlobalHint, SANDBOX_GLOBALS } from './sandbox-globals.ts'
import { GOOD, prepare } from './testing/prepare.ts'

test('the list names exactly what the sandbox has, but for what the interpreter and the tests’ SDK add', async () => {
  const { console: lines } = await prepare(
    `${GOOD}console.log(Object.getOwnPropertyNames(globalThis).join())\nexport default env`,
  )
  const there = new Set(lines[0].split(','))
  const others = /^(InternalError|__zod_.*)$/
  expect([...there].filter(name => !others.test(name)).sort()).toEqual([...SANDBOX_GLOBALS].sort())
})

test('every name of the list is there in Node too', () => {
  for (const name of SANDBOX_GLOBALS.filter(name => name !== 'Float16Array'))
    expect(name in globalThis, name).toBe(true)
})

test('other errors have no hint', () => {
  expect(missingGlobalHint('x is not a function')).toBeUndefined()
})
