import { describe, expect, it, vi } from 'vitest'
import { LineWriter, rowText } from './line-writer.ts'

describe('a line writer', () => {
  it('gathers lines and writes them in order with few calls', () => {
    const written: string[] = []
    const writer = new LineWriter({ write: text => written.push(text) })
    const lines = Array.from({ length: 30_000 }, (_, index) => `line ${index}`)
    for (const line of lines) writer.write(line)
    writer.flush()
    expect(written.join('')).toBe(`${lines.join('\n')}\n`)
    expect(written.length).toBeLessThan(20)
  })

  it('does not keep a line back for long', () => {
    vi.useFakeTimers()
    const written: string[] = []
    new LineWriter({ write: text => written.push(text) }).write('one')
    expect(written).toEqual([])
    vi.advanceTimersByTime(100)
    expect(written).toEqual(['one\n'])
    vi.useRealTimers()
  })
})

describe('a row as text', () => {
  it('is one line of JSON, whatever it holds', () => {
    expect(rowText({ a: 'x\ny', n: 12n, u: undefined })).toBe('{"a":"x\\ny","n":"12"}')
    expect(rowText(undefined)).toBe('null')
    expect(rowText(Number.NaN)).toBe('null')
  })
})
