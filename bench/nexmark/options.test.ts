import { describe, expect, test } from 'vitest'
import { parsed, QUERY_NAMES } from './options.ts'

test('without options one run of q0 over a million events of the generator', () => {
  expect(parsed([])).toMatchObject({ queries: ['q0'], events: 1_000_000, rate: 100_000, seed: 1, repeat: 1 })
  expect(parsed([])).not.toHaveProperty('file')
})

test('there are the queries of the specification, and the source alone', () => {
  const names = 'q0 q1 q2 q3 q5 q7 q8 q11 q12 q14 q15 q16 q17 q19 q20 q22'
  expect(QUERY_NAMES.join(' ')).toBe(names)
  expect(parsed(['--query', 'q5,q20,source']).queries).toEqual(['q5', 'q20', 'source'])
})

describe('what cannot be meant is refused with the option and what it takes', () => {
  test.each([
    ['--query nope', /--query is one of q0, .*, source, not 'nope'/],
    ['--query q5,', /--query is one of .*, not ''/],
    ['--events=-5', /--events takes a whole number from 1, not '-5'/],
    ['--events -5', /'--events' argument is ambiguous/],
    ['--events 0', /--events takes a whole number from 1/],
    ['--events 1.5', /--events takes a whole number/],
    ['--events abc', /--events takes a whole number/],
    ['--seed=', /--seed takes a whole number from 0, not ''/],
    ['--parallelism 0', /--parallelism takes a whole number from 1/],
    ['--repeat 0', /--repeat takes a whole number from 1/],
    ['--text long', /--text is one of full, pooled, not 'long'/],
    ['--sink file', /--sink is one of blackhole, digest/],
    ['--state disk', /--state is one of memory, rocksdb/],
    ['--source kafka', /--source is one of generator, file/],
    ['--source file', /--source file needs --file/],
    ['--source file --file /of/nobody.ndjson', /--file \/of\/nobody\.ndjson: there is no such file/],
    ['--source file --file /', /--file \/: there is no such file/],
    [`--file ${import.meta.filename}`, /--file needs --source file/],
    [`--source file --file ${import.meta.filename} --compare`, /--compare makes the events/],
    ['--evnets 5', /Unknown option '--evnets'/],
    ['q5', /Unexpected argument 'q5'/],
  ])('%s', (line, message) => {
    expect(() => parsed(line.split(' '))).toThrow(message)
  })
})
