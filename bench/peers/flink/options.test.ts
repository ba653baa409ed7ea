import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parsedOptions } from './options.ts'
import { RACE_QUERIES } from './race-settings.ts'
import { TABLES } from './tables.ts'

describe('the options', () => {
  test('name queries, one or several or all', () => {
    const queriesOf = (...args: string[]): string[] => parsedOptions(args).races.map(race => race.query)
    expect(queriesOf('--query', 'q0,q5')).toEqual(['q0', 'q5'])
    expect(queriesOf('--query', 'all')).toEqual(RACE_QUERIES)
    expect(() => parsedOptions(['--query', 'q99'])).toThrow('--query is one of q0, q1, q2')
  })

  test('begin with ten million events, pooled text, one core and three repeats', () => {
    const { races, repeat } = parsedOptions([])
    expect(races).toMatchObject([{ query: 'q0', events: 10_000_000, text: 'pooled', parallelism: 1, state: 'memory' }])
    expect(repeat).toBe(3)
  })

  test('warm up with as many events as are counted, up to a bound, unless they say otherwise', () => {
    const warmup = (...args: string[]): number => {
      const { races, warmupEvents } = parsedOptions(args)
      return warmupEvents(races[0]!)
    }
    expect(warmup('--events', '1000')).toBe(1000)
    expect(warmup('--events', '100000000')).toBe(5_000_000)
    expect(warmup('--warmup', '0')).toBe(0)
  })

  test('take whole tables in place of single races', () => {
    const { races } = parsedOptions(['--tables', 'all'])
    expect(races).toHaveLength([...TABLES.values()].flat().length)
    expect(() => parsedOptions(['--tables', 'all', '--events', '5'])).toThrow('takes no --events')
    expect(() => parsedOptions(['--tables', 'none'])).toThrow('--tables is one of memory-p1-pooled')
  })

  test('refuse a page that has no place for the results, before anything is measured', () => {
    const folder = mkdtempSync(join(tmpdir(), 'weir-test-'))
    try {
      const page = join(folder, 'page.md')
      writeFileSync(page, '<!-- flink memory-p1-pooled -->\n<!-- end of flink memory-p1-pooled -->\n')
      expect(parsedOptions(['--markdown', page]).markdown).toBe(page)
      expect(() => parsedOptions(['--markdown', page, '--parallelism', '2'])).toThrow('flink memory-p2-pooled')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('refuse a file for events that are made, and one that is not there', () => {
    expect(() => parsedOptions(['--file', 'x'])).toThrow('--file goes with --source file')
    expect(() => parsedOptions(['--source', 'file', '--file', '/nowhere/x'])).toThrow('there is no file /nowhere/x')
  })
})

test('the tables begin with ten million events wherever the generator feeds a query without state', () => {
  const races = [...TABLES.values()].flat()
  const fast = races.filter(race => race.source === 'generator' && race.text === 'pooled' && race.query === 'q0')
  expect(fast.length).toBeGreaterThan(0)
  expect(fast.every(race => race.events >= 10_000_000)).toBe(true)
})
