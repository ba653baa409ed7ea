import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Timer, TimerQueue } from './timer-queue.ts'

const never = (): boolean => false

function fired(queue: TimerQueue<string>, upTo: number): string[] {
  const log: string[] = []
  queue.fireUpTo(upTo, ({ key, time }) => log.push(`${key}@${time}`), never)
  return log
}

describe('timers', () => {
  test('fire at their very time and not a millisecond earlier, once', () => {
    const queue = new TimerQueue<string>()
    queue.register('a', 'a', '', 1_000)
    expect(fired(queue, 999)).toEqual([])
    expect(fired(queue, 1_000)).toEqual(['a@1000'])
    expect(fired(queue, 5_000)).toEqual([])
    expect(queue.size).toBe(0)
  })

  test('registered twice fire once; another key, namespace or time is another timer', () => {
    const queue = new TimerQueue<string>()
    expect(queue.register('a', 'a', '', 10)).toBe(true)
    expect(queue.register('a', 'a', '', 10)).toBe(false)
    expect(queue.register('a', 'a', 'other', 10)).toBe(true)
    expect(queue.register('a', 'a', '', 11)).toBe(true)
    expect(queue.register('b', 'b', '', 10)).toBe(true)
    expect(fired(queue, 100)).toEqual(['a@10', 'a@10', 'b@10', 'a@11'])
  })

  test('may be registered again once they have fired', () => {
    const queue = new TimerQueue<string>()
    queue.register('a', 'a', '', 10)
    fired(queue, 10)
    expect(queue.register('a', 'a', '', 10)).toBe(true)
    expect(fired(queue, 10)).toEqual(['a@10'])
  })

  test('of one time fire in order of registration, and for negative and infinite times too', () => {
    const queue = new TimerQueue<string>()
    for (const [key, at] of [
      ['c', Infinity],
      ['b', -1],
      ['a', -1],
      ['d', -1_500],
      ['e', 0],
    ] as const) {
      queue.register(key, key, '', at)
    }
    expect(queue.nextTime()).toBe(-1_500)
    expect(fired(queue, -1)).toEqual(['d@-1500', 'b@-1', 'a@-1'])
    expect(fired(queue, 1e15)).toEqual(['e@0'])
    expect(fired(queue, Infinity)).toEqual(['c@Infinity'])
  })

  test('registered while others fire take their place in the order; one in the past is next', () => {
    const queue = new TimerQueue<string>()
    queue.register('a', 'a', '', 100)
    queue.register('b', 'b', '', 200)
    queue.register('c', 'c', '', 3_000)
    const log: string[] = []
    const fire = ({ canonicalKey, time }: Timer<string>): void => {
      log.push(`${canonicalKey}@${time}`)
      if (log.length === 1) {
        queue.register('a', 'a', '', 2_500)
        queue.register('a', 'a', '', 150)
        queue.register('a', 'a', '', 4_000)
        queue.register('a', 'a', '', 50)
        queue.delete('b', '', 200)
      }
    }
    expect(queue.fireUpTo(3_000, fire, never)).toBe(true)
    expect(log).toEqual(['a@100', 'a@50', 'a@150', 'a@2500', 'c@3000'])
    expect(queue.size).toBe(1)
  })

  test('stop before the next one when asked to, and go on where they stopped', () => {
    const queue = new TimerQueue<string>()
    for (const key of ['a', 'b', 'c']) queue.register(key, key, '', 10)
    const log: string[] = []
    const fire = ({ canonicalKey }: Timer<string>): void => void log.push(canonicalKey)
    expect(queue.fireUpTo(10, fire, () => log.length === 1)).toBe(false)
    expect(log).toEqual(['a'])
    expect(queue.fireUpTo(10, fire, () => log.length === 3)).toBe(true)
    expect(log).toEqual(['a', 'b', 'c'])
  })

  test('that are deleted do not fire, and the next time is late by one look at most', () => {
    const queue = new TimerQueue<string>()
    queue.register('a', 'a', '', 10)
    queue.register('b', 'b', '', 20)
    expect(queue.delete('a', '', 10)).toBe(true)
    expect(queue.delete('a', '', 10)).toBe(false)
    fired(queue, queue.nextTime())
    expect(queue.nextTime()).toBe(20)
    queue.delete('b', '', 20)
    expect(queue.nextTime()).toBe(Infinity)
  })
})

interface Listed {
  key: string
  namespace: string
  time: number
}

const place = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  namespace: fc.constantFrom('', 'w'),
  time: fc.oneof(fc.integer({ min: -2_100, max: 4_100 }), fc.constant(Infinity)),
})
const action = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('register' as const), at: place }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), at: place }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('fire' as const),
      upTo: fc.oneof(fc.integer({ min: -2_200, max: 4_200 }), fc.constant(Infinity)),
      stopAfter: fc.integer({ min: 0, max: 6 }),
      /** Registered and deleted from within the first firings. */
      meanwhile: fc.array(fc.record({ remove: fc.boolean(), at: place }), { maxLength: 12 }),
    }),
  },
)

test('any mix of registering, deleting and firing gives what a sorted list gives', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), actions => {
      const queue = new TimerQueue<string>()
      // The oracle: a list that is searched from end to end; the first of the earliest fires.
      let list: Listed[] = []
      const same = (a: Listed, b: Listed): boolean =>
        a.key === b.key && a.namespace === b.namespace && a.time === b.time
      const register = (at: Listed): void => {
        const isNew = !list.some(other => same(other, at))
        expect(queue.register(at.key, at.key, at.namespace, at.time)).toBe(isNew)
        if (isNew) list.push(at)
      }
      const remove = (at: Listed): void => {
        expect(queue.delete(at.key, at.namespace, at.time)).toBe(list.some(other => same(other, at)))
        list = list.filter(other => !same(other, at))
      }
      for (const next of actions) {
        if (next.type === 'register') register(next.at)
        else if (next.type === 'delete') remove(next.at)
        else {
          const meanwhile = [...next.meanwhile]
          let left = next.stopAfter
          const complete = queue.fireUpTo(
            next.upTo,
            timer => {
              left--
              const earliest = list.reduce((a, b) => (b.time < a.time ? b : a))
              expect({ key: timer.key, namespace: timer.namespace, time: timer.time }).toEqual(earliest)
              expect(timer.time).toBeLessThanOrEqual(next.upTo)
              list = list.filter(other => other !== earliest)
              for (const change of meanwhile.splice(0, 3)) (change.remove ? remove : register)(change.at)
            },
            () => left <= 0,
          )
          expect(complete).toBe(!list.some(({ time }) => time <= next.upTo))
        }
        expect(queue.size).toBe(list.length)
        expect(queue.nextTime()).toBeLessThanOrEqual(Math.min(...list.map(({ time }) => time)))
        const held = [...queue.timers()].map(({ key, namespace, time }) => `${key}/${namespace}/${time}`)
        expect(held.sort()).toEqual(list.map(({ key, namespace, time }) => `${key}/${namespace}/${time}`).sort())
      }
    }),
    { numRuns: 300 },
  )
})

test('the keys of what is due are told in order of firing, over seconds and without the deleted, and nothing changes', () => {
  const queue = new TimerQueue<string>()
  for (const [key, time] of [
    ['d', 2_500],
    ['b', 900],
    ['a', 100],
    ['c', 1_200],
    ['e', 9_000],
    ['gone', 500],
  ] as const) {
    queue.register(key, key, '', time)
  }
  queue.delete('gone', '', 500)
  expect(queue.dueKeys(2_500, 10)).toEqual(['a', 'b', 'c', 'd'])
  expect(queue.dueKeys(2_499, 10)).toEqual(['a', 'b', 'c'])
  expect(queue.dueKeys(2_500, 3)).toEqual(['a', 'b', 'c'])
  expect(queue.dueKeys(50, 3)).toEqual([])
  const fired: unknown[] = []
  queue.fireUpTo(
    10_000,
    timer => fired.push(timer.key),
    () => false,
  )
  expect(fired).toEqual(['a', 'b', 'c', 'd', 'e'])
})
