import { describe, expect, test } from 'vitest'
import { copyValue, detachValue } from './detach.ts'

const long = 'a text of more than thirteen units'

describe('detaching a value', () => {
  test('gives an equal value, and leaves alone what holds no long text', () => {
    const short = { a: 1, b: 'short', c: [1, 2, { d: null }] }
    expect(detachValue(short)).toBe(short)
    const value = { a: 1, text: long, list: [long, { deep: long }], nothing: undefined }
    const detached = detachValue(value)
    expect(detached).toEqual(value)
    expect(detached).not.toBe(value)
    expect(detachValue(long)).toBe(long)
  })

  test('does not change the value itself, which may be frozen', () => {
    const value = Object.freeze({ text: long })
    expect(detachValue(value)).toEqual({ text: long })
  })

  test('keeps instances of classes', () => {
    class Point {
      readonly text = long
    }
    const point = new Point()
    expect(detachValue(point)).toBe(point)
    const map = new Map([[long, long]])
    expect(detachValue(map)).toBe(map)
  })

  test('takes a field called __proto__ for a field', () => {
    const value = JSON.parse(`{"__proto__": {"admin": "${long}"}, "text": "${long}"}`)
    const detached = detachValue(value)
    expect(Object.getPrototypeOf(detached)).toBe(Object.prototype)
    expect(JSON.stringify(detached)).toBe(JSON.stringify(value))
    expect(Object.keys(detached)).toEqual(['__proto__', 'text'])
  })
})

describe('copying a value', () => {
  test('shares nothing that could be changed', () => {
    const value = { a: [1, { b: 2 }], m: new Map([['k', { v: 1 }]]), s: new Set([1]), d: new Date(5), text: long }
    const copy = copyValue(value)
    expect(copy).toEqual(value)
    copy.a.push(3)
    copy.m.get('k')!.v = 2
    copy.s.add(2)
    copy.d.setTime(6)
    expect(value).toEqual({
      a: [1, { b: 2 }],
      m: new Map([['k', { v: 1 }]]),
      s: new Set([1]),
      d: new Date(5),
      text: long,
    })
  })

  test('takes a field called __proto__ for a field', () => {
    const copy = copyValue(JSON.parse('{"__proto__": {"admin": true}}'))
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(Object.keys(copy)).toEqual(['__proto__'])
  })
})
