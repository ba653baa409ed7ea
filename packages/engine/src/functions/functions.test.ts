import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Collector } from './collector.ts'
import { OutputTag, tagId } from './output-tag.ts'
import { KeyedProcessFunction, ProcessFunction } from './process-function.ts'
import { listState, mapState, valueState } from './state-descriptors.ts'

test('what users of the SDK load brings nothing else with it', () => {
  const files = globSync('*.ts', { cwd: import.meta.dirname }).filter(file => !file.endsWith('.test.ts'))
  expect(files.length).toBeGreaterThan(5)
  for (const file of files) {
    const source = readFileSync(join(import.meta.dirname, file), 'utf8')
    for (const [, from] of source.matchAll(/ from '([^']+)'/g)) expect(`${file}: ${from}`).toMatch(/: \.\//)
  }
})

test('a side output is known by its name, given as a tag or as it is', () => {
  expect(tagId(new OutputTag<number>('late'))).toBe('late')
  expect(tagId('late')).toBe('late')
  expect(() => new OutputTag('')).toThrow('needs a name')
  for (const none of [undefined, null, '', {}, 5]) {
    expect(() => tagId(none as never)).toThrow(/a side output is named by its tag: const late = new OutputTag/)
  }
})

test('descriptors are plain data', () => {
  expect(valueState('v', { default: 1, ttlMs: 5 })).toEqual({ kind: 'value', name: 'v', default: 1, ttlMs: 5 })
  expect(valueState('v')).toEqual({ kind: 'value', name: 'v', default: undefined })
  expect(listState('l')).toEqual({ kind: 'list', name: 'l' })
  expect(mapState('m', { ttlMs: 1 })).toEqual({ kind: 'map', name: 'm', ttlMs: 1 })
})

test('a function needs no more than processElement', () => {
  const seen: number[] = []
  const out: Collector<number> = { collect: value => void seen.push(value) }
  class Double extends ProcessFunction<number, number> {
    override processElement(value: number, _context: never, collector: Collector<number>): void {
      collector.collect(value * 2)
    }
  }
  class Keyed extends KeyedProcessFunction<string, number, number> {
    override processElement(value: number, _context: never, collector: Collector<number>): void {
      collector.collect(value * 3)
    }
  }
  for (const fn of [new Double(), new Keyed()]) {
    fn.open({} as never)
    fn.processElement(1, {} as never, out)
    fn.close()
  }
  expect(seen).toEqual([2, 3])
})
