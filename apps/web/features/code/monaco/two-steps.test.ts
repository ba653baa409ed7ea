import { expect, test } from 'vitest'
import { inTwoSteps } from './two-steps.ts'

function setUp(failures: number) {
  const calls: string[] = []
  const load = inTwoSteps(
    () => calls.push('begin'),
    async () => {
      calls.push('finish')
      if (failures-- > 0) throw new Error('away')
    },
  )
  return { calls, load }
}

test('all who ask get the same, which is made once', async () => {
  const { calls, load } = setUp(0)
  expect(await Promise.all([load(), load()])).toEqual([1, 1])
  expect(await load()).toBe(1)
  expect(calls).toEqual(['begin', 'finish'])
})

test('after a failure the second step alone is tried again, by the next who asks', async () => {
  const { calls, load } = setUp(2)
  await expect(Promise.all([load(), load()])).rejects.toThrow('away')
  await expect(load()).rejects.toThrow('away')
  expect(await load()).toBe(1)
  expect(calls).toEqual(['begin', 'finish', 'finish', 'finish'])
})

test('the first step is tried again too, if it failed itself', async () => {
  let failures = 1
  const load = inTwoSteps(
    () => {
      if (failures-- > 0) throw new Error('not yet')
      return 'there'
    },
    async () => undefined,
  )
  await expect(load()).rejects.toThrow('not yet')
  expect(await load()).toBe('there')
})
