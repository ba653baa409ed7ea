import { describe, expect, test } from 'vitest'
import { MAX_SOURCE_LENGTH } from './limits.ts'
import { GOOD, prepare, refusal } from './testing/prepare.ts'

describe('a good job', () => {
  test('gives its graph, hash, bundle and console lines', async () => {
    const job = await prepare(`${GOOD}console.log('building', { a: 1 })\nexport default env\n`)
    expect(job.graph.nodes.map(node => node.type)).toEqual(['numbers', 'map', 'print'])
    expect(job.graph.nodes[1].config).toEqual({ fn: '(x) => x * 2' })
    expect(job.graphHash).toMatch(/^[0-9a-f]{64}$/)
    expect(job.kind).toBe('ts')
    expect(job.console).toEqual(['building {"a":1}'])
    expect(job.bundle).toContain('export {')
    expect(job.bundle).not.toMatch(/^import /m)
    expect(JSON.parse(job.sourceMap).sources).toContain('job.ts')
  })

  test.each(['await env.execute()', 'env.execute()', 'void env.execute(); const more = 1'])(
    'may call execute() instead of exporting: %s',
    async end => {
      expect((await prepare(GOOD + end)).graph.name).toBe('good')
    },
  )

  test('may be JavaScript, begin with a byte order mark, and await at its top level', async () => {
    const source = `\ufeff${GOOD.replace(': number', '')}await Promise.resolve()\nexport { env as default }`
    expect((await prepare(source, { fileName: 'job.js' })).kind).toBe('js')
  })

  test('takes another name and parallelism from the submission, which the hash holds', async () => {
    const plain = await prepare(`${GOOD}export default env`)
    const other = await prepare(`${GOOD}export default env`, { name: 'other', parallelism: 4 })
    expect(other.graph).toMatchObject({ name: 'other', parallelism: 4 })
    expect(other.graphHash).not.toBe(plain.graphHash)
  })

  test('may use built-in functions, whose text engines print differently', async () => {
    expect((await prepare(`${GOOD}env.numbers(1).map(String).print()\nexport default env`)).graph.nodes).toHaveLength(6)
  })
})

describe('what is not a job file', () => {
  test.each(['job.py', 'job', 'job.ts.exe', 'toString'])('%s is refused by its name', async fileName => {
    const error = await refusal(prepare(`${GOOD}export default env`, { fileName }))
    expect(error.code).toBe('REQUEST_INVALID')
    expect(error.message).toMatch(/a job is a \.ts, \.js or \.json file/)
  })

  test.each(['', ' \n\t', '\ufeff'])('an empty file (%j) is refused', async source => {
    const error = await refusal(prepare(source))
    expect(error.code).toBe('JOB_SYNTAX')
    expect(error.message).toMatch(/job\.ts is empty; write a job/)
  })

  test('a binary file is refused', async () => {
    const error = await refusal(prepare('\u007fELF\0\0\u0001'))
    expect(error.code).toBe('JOB_SYNTAX')
    expect(error.message).toMatch(/not a text file in UTF-8; give the source text/)
  })

  test('a file above the limit is refused with both sizes', async () => {
    const error = await refusal(prepare(' '.repeat(MAX_SOURCE_LENGTH + 1)))
    expect(error.code).toBe('JOB_TOO_LARGE')
    expect(error.message).toMatch(/has 8\.0 MiB, but a job file may have 8\.0 MiB; put data into files/)
  })

  test('text that is not TypeScript is refused with its place', async () => {
    const error = await refusal(prepare('import { x } from "@weir/sdk"\nthis is no program\n'))
    expect(error.code).toBe('JOB_SYNTAX')
    expect(error.message).toBe('job.ts:2:6: Expected ";" but found "is"; correct the file there and give it again')
    expect(error.problems).toEqual([{ file: 'job.ts', line: 2, column: 5, message: 'Expected ";" but found "is"' }])
  })

  test('columns count characters, not bytes', async () => {
    const error = await refusal(prepare('const ä = "äöü"; §'))
    expect(error.place).toMatchObject({ line: 1, column: 17 })
  })

  test('a client cannot choose a path by its file name', async () => {
    const error = await refusal(prepare('§', { fileName: '../../etc/\n<b>cron.ts' }))
    expect(error.place.file).toBe('__b_cron.ts')
  })
})

describe('imports', () => {
  test.each([
    [`import fs from 'node:fs'`, /"node:fs" is a module of Node.*read and write through sources and sinks/],
    [`import { readFileSync } from 'fs'`, /"fs" is a module of Node/],
    [`export * from 'node:net'`, /"node:net" is a module of Node/],
    [`const fs = require('node:fs')`, /"node:fs" is a module of Node/],
    [`await import('node:fs')`, /"node:fs" is a module of Node/],
    [
      `import _ from 'left-pad'`,
      /"left-pad" cannot be imported.*put the code into this file, or deploy from the project/,
    ],
    [`import x from './other.ts'`, /"\.\/other\.ts" cannot be imported.*not another file/],
    [`import x from '/etc/passwd'`, /cannot be imported/],
    [`import x from 'https://example.org/x.js'`, /cannot be imported/],
    [`import x from '@weir/engine/base/errors'`, /is internal; import what a job needs from "@weir\/sdk"/],
    [`const sdk = await import('@weir/sdk')`, /at run time is not possible in a job; use an import statement/],
    [`const sdk = require('@weir/sdk')`, /require\(\) of "@weir\/sdk" is not possible/],
    [`const name = 'x'; await import(name)`, /cannot be loaded at run time/],
    [`const name = 'x'; require(name)`, /cannot be loaded at run time/],
    [`import { Stream } from '@weir/sdk'; new Stream()`, /@weir\/sdk exports no "Stream"; look for its name/],
    [
      `import { DataStreem } from '@weir/sdk'; new DataStreem()`,
      /exports no "DataStreem"; did you mean "DataStream"\?/,
    ],
    [`import * as weir from '@weir/sdk'; weir.Datastream()`, /exports no "Datastream"; did you mean "DataStream"\?/],
  ])('%s is refused with its place', async (statement, message) => {
    const error = await refusal(prepare(`${GOOD}export default env\n${statement}\n`))
    expect(error.code).toBe('JOB_IMPORT')
    expect(error.message).toMatch(message)
    expect(error.problems[0]).toMatchObject({ file: 'job.ts', line: 5, column: expect.any(Number) })
  })

  test('all of them are named at once', async () => {
    const error = await refusal(prepare(`import a from 'a'\nimport b from 'b'\nexport default a + b`))
    expect(error.problems.map(problem => problem.line)).toEqual([1, 2])
    expect(error.message).toMatch(/\(and 1 more\)/)
  })
})

describe('what the module gives', () => {
  test.each([
    ['', /exports no environment and calls no execute\(\); end it with "export default env"/],
    ['export const job = env', /exports its environment as "job", not as default/],
    ['export default env.numbers(1)', /the default export is a DataStream, not a StreamExecutionEnvironment/],
    ['export default () => env', /the default export is a function/],
    ['export default StreamExecutionEnvironment', /the default export is a class/],
    ['export default Promise.resolve(env)', /a promise \(is an await missing\?\)/],
    ['export default 3', /the number 3/],
    ['export default null', /the default export is null/],
    ['env.execute(); new StreamExecutionEnvironment("b").execute()', /calls execute\(\) on 2 environments/],
  ])('%j is refused, with what to write', async (end, message) => {
    const error = await refusal(prepare(GOOD + end))
    expect(error.code).toBe('JOB_NO_EXPORT')
    expect(error.message).toMatch(message)
    expect(error.place.file).toBe('job.ts')
  })

  test('a graph that the clock is in is refused, and the operator named', async () => {
    const error = await refusal(prepare(`${GOOD}env.numbers(new Date().getFullYear()).print()\nexport default env`))
    expect(error.code).toBe('JOB_NOT_DETERMINISTIC')
    expect(error.message).toMatch(/operator "numbers" \(numbers-3\): config\.count was 2\d{3}, is now 2\d{3}/)
    expect(error.message).toMatch(/move Date and Math\.random\(\) into the functions/)
  })

  test('a graph with a random number in it is refused', async () => {
    const error = await refusal(prepare(`${GOOD}env.numbers(Math.random() * 2 ** 50 | 0).print()\nexport default env`))
    expect(error.code).toBe('JOB_NOT_DETERMINISTIC')
  })

  test('closures may use clock and random source', async () => {
    await prepare(`${GOOD}env.numbers(1).map(x => x + Date.now() * Math.random()).print()\nexport default env`)
  })

  test('a graph that is not valid is refused with the operators', async () => {
    const error = await refusal(prepare(`${GOOD}env.numbers('many').print()\nexport default env`))
    expect(error.code).toBe('JOB_GRAPH')
    expect(error.problems).toEqual([
      { file: 'job.ts', operator: 'numbers-3', message: expect.stringMatching(/^operator "numbers": config\.count: /) },
    ])
  })

  test.each([
    [0, /parallelism: must be at least 1 \(it is 0\)/],
    [-1, /parallelism: must be at least 1 \(it is -1\)/],
    [1.5, /parallelism: must be a whole number \(it is 1\.5\)/],
    [1_000_000, /parallelism: must be at most 32768 \(it is 1000000\)/],
    [129, /the job has parallelism 129, above its maxParallelism 128; lower the parallelism, or raise/],
  ])('parallelism %d of the submission is refused', async (parallelism, message) => {
    const error = await refusal(prepare(`${GOOD}export default env`, { parallelism }))
    expect(error.code).toBe('JOB_GRAPH')
    expect(error.message).toMatch(message)
  })

  test('an error of the SDK has the place of the call', async () => {
    const error = await refusal(prepare(`${GOOD}env.setParallelism(0)\nexport default env`))
    expect(error.code).toBe('JOB_GRAPH')
    expect(error.message).toMatch(/^job\.ts:4:5: setParallelism\(0\): the parallelism must be/)
  })
})
