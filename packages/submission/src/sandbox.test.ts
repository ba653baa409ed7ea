import { describe, expect, test } from 'vitest'
import { GOOD, prepare, refusal } from './testing/prepare.ts'

const short = { timeLimitMs: 300 }

describe('errors of the module', () => {
  test('have the line and column of the user, and a stack in the user’s file', async () => {
    const source = `${GOOD}function deep(n: number): void {\n  if (n === 0) throw new TypeError('boom')\n  deep(n - 1)\n}\ndeep(2)\n`
    const error = await refusal(prepare(source))
    expect(error.code).toBe('JOB_EVALUATION')
    expect(error.message).toMatch(/^job\.ts:5:26: TypeError: boom; correct the file there/)
    expect(error.place).toEqual({ file: 'job.ts', line: 5, column: 25 })
    expect(error.stack).toContain('deep (job.ts:6:3)')
    expect(error.stack).toMatch(/job\.ts:8:1/)
  })

  test('after an await have their place too', async () => {
    const error = await refusal(prepare(`await null\n\nconst nothing = JSON.parse('null')\nnothing.field\n`))
    expect(error.place).toMatchObject({ line: 4 })
  })

  test.each([
    'throw 5',
    'throw null',
    'throw { a: 1 }',
    'throw Symbol("x")',
    'throw () => 1',
    'await Promise.reject(7)',
  ])('%s is an error as well', async source => {
    expect((await refusal(prepare(source))).code).toBe('JOB_EVALUATION')
  })

  test.each([
    ['console.log(process.env.HOME)', /"process" is not there while the job builds its graph; write the value into/],
    ['fetch("http://localhost")', /"fetch" is not there.*inside a function of the job/],
    ['setTimeout(() => 1, 1)', /"setTimeout" is not there/],
    ['new TextEncoder()', /"TextEncoder" is not there while the job builds its graph; use it inside a function/],
    ['enviroment.numbers(1)', /'enviroment' is not defined; declare or import it/],
  ])('%s says what to do instead', async (source, message) => {
    const error = await refusal(prepare(source))
    expect(error.code).toBe('JOB_EVALUATION')
    expect(error.message).toMatch(message)
    expect(error.place).toMatchObject({ line: 1 })
  })

  test('a promise that never comes is named', async () => {
    const error = await refusal(prepare(`${GOOD}await new Promise(() => {})\nexport default env`))
    expect(error.code).toBe('JOB_EVALUATION')
    expect(error.message).toMatch(/waits at its top level for something that never comes; remove the await/)
  })
})

describe('limits', () => {
  test.each([
    [
      'an endless loop',
      'while (true) {}',
      /did not come to its end within 0\.3 s: is there an endless loop, or are there thousands of operators\?/,
    ],
    ['a loop that catches errors', 'for (;;) { try { for (;;) {} } catch {} }', /did not come to its end/],
    ['a catastrophic regular expression', `/(a+)+$/.test('${'a'.repeat(50)}b')`, /did not come to its end/],
    ['an endless chain of promises', 'const go = (): unknown => Promise.resolve().then(go); go()', /end within|memory/],
    [
      'a getter that never returns',
      'export default { get a() { for (;;) {} } }; for (;;) {}',
      /did not come to its end/,
    ],
    ['an endless iterator', 'for (const x of (function* () { for (;;) yield 1 })()) x', /did not come to its end/],
    [
      'a getter in the graph',
      `${GOOD}env.numbers({ get a() { for (;;) {} } }).print()\nexport default env`,
      /did not come to its end/,
    ],
    ['a deep recursion', 'const f = (n: number): number => 1 + f(n + 1)\nf(0)', /calls itself too deeply/],
    ['a deep recursion in JSON', 'let a: unknown = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a)', /./],
  ])('%s ends by an error', async (_what, source, message) => {
    const error = await refusal(prepare(source, short))
    expect(error.code).toBe('JOB_LIMIT')
    expect(error.message).toMatch(message)
  })

  test.each([
    ['in a function', 'function f(): void {\n  for (;;) f.name\n}\nf()', 1],
    ['in a function, behind a call', 'function f(): void {\n  String(1)\n  for (;;) f.name\n}\n\nf()', 2],
    ['of operators', `${GOOD}const go = () => {\n  for (;;) env.numbers(1).print()\n}\ngo()`, 5],
    ['in a regular expression', `\n/(a+)+$/.test('${'a'.repeat(50)}b')`, 2],
  ])('an endless loop %s is told with a line of the function, or of the call', async (_what, source, line) => {
    const error = await refusal(prepare(source, short))
    expect(error.message).toMatch(/did not come to its end/)
    expect(error.place).toMatchObject({ file: 'job.ts', line })
  })

  test.each([
    ['at the top level', `${GOOD}\nwhile (true) {}`],
    ['after an await', `${GOOD}await null\nwhile (true) {}`],
  ])('an endless loop %s has no line, rather than a wrong one', async (_what, source) => {
    const error = await refusal(prepare(source, short))
    expect(error.place).toEqual({ file: 'job.ts' })
    expect(error.message).toMatch(/^job\.ts: it did not come/)
  })

  test.each([
    ['of arrays', 'const all: unknown[] = []; for (;;) all.push(new Array(1000).fill(1.5))'],
    ['of one text', `let text = 'x'; for (;;) text += text`],
    ['of one buffer', 'new Uint8Array(2 ** 31 - 1)'],
    ['of one array buffer that is kept', 'const all: unknown[] = []; for (;;) all.push(new ArrayBuffer(2 ** 26))'],
    ['that is caught', 'const all: unknown[] = []; for (;;) try { all.push(new Array(9999).fill(1.5)) } catch {}'],
  ])(
    'a memory bomb %s ends by an error',
    async (_what, source) => {
      const error = await refusal(prepare(source, { timeLimitMs: 5_000 }))
      expect(['JOB_LIMIT', 'JOB_EVALUATION']).toContain(error.code)
      expect(error.message).toMatch(/used up the memory|invalid array|string too long|did not come to its end/i)
    },
    30_000,
  )

  test('memory is given back, so many bombs in a row do no harm', async () => {
    const bomb = 'const all: unknown[] = []; for (;;) all.push(new Array(1000).fill(1.5))'
    for (let i = 0; i < 12; i++) expect((await refusal(prepare(bomb, { timeLimitMs: 5_000 }))).code).toBe('JOB_LIMIT')
    const mebibytes = process.memoryUsage().rss / 1024 / 1024
    // Twelve times 128 MiB would be 1,536 MiB; the garbage collector may be behind by some.
    expect(mebibytes).toBeLessThan(1_000)
    await prepare(`${GOOD}export default env`)
  }, 60_000)

  test('console lines are kept up to a bound', async () => {
    const { console: lines } = await prepare(
      `${GOOD}for (let i = 0; i < 10_000; i++) console.log(i, 'x'.repeat(9_999))\nexport default env`,
      { timeLimitMs: 10_000 },
    )
    expect(lines).toHaveLength(201)
    expect(lines[0]).toHaveLength(2_000)
    expect(lines[200]).toMatch(/only the first 200 lines/)
  })
})

describe('attempts to get out', () => {
  const escapes = [
    `const out = [].constructor.constructor('return typeof process')()`,
    `const out = console.log.constructor('return typeof process')()`,
    `const out = (0, eval)('typeof process')`,
    `const out = new Function('return typeof require')()`,
    `const out = typeof globalThis[Symbol.for('weir.sandbox.write')].constructor('return this')().process`,
    `const out = typeof (env as any).execute.constructor('return this')().process`,
    `let out; try { null.x } catch (e) { out = typeof e.constructor.constructor('return this')().process }`,
    `const out = await (0, eval)("import('node:fs')").then(() => 'loaded', () => 'undefined')`,
    `const out = await new Function('return import("node:fs")')().then(() => 'loaded', () => 'undefined')`,
    `const out = await (async () => { try { return await (0, eval)("import('job.js')").then(m => m.process) } catch { return 'undefined' } })() ?? 'undefined'`,
  ]
  test.each(escapes)('%s finds nothing', async attempt => {
    const job = await prepare(`// @ts-nocheck\n${GOOD}${attempt}\nconsole.log(out)\nexport default env`)
    expect(job.console).toEqual(['undefined'])
  })

  test('a graph with __proto__ in it is refused, and no prototype of the host changes', async () => {
    for (const field of [
      'numbers(JSON.parse(\'{"__proto__": {"polluted": 1}}\'))',
      'print(JSON.parse(\'{"a": {"__proto__": {"polluted": 1}}}\'))',
    ]) {
      const error = await refusal(
        prepare(
          `${GOOD}env.numbers(1).environment.numbers(1).${field.startsWith('numbers') ? `environment.${field}` : field}\nexport default env`,
        ),
      )
      expect(error.code).toBe('JOB_GRAPH')
      expect(error.message).toContain('__proto__')
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  test('a job that changes its own prototypes changes only its own', async () => {
    const tampering = `
      Object.prototype.toJSON = () => ({ hijacked: true })
      Array.prototype.map = () => { throw new Error('mine') }
      JSON.stringify = () => '{"ok":true,"graph":"{}"}'
      Promise.prototype.then = undefined
      export default env`
    const error = await refusal(prepare(`// @ts-nocheck\n${GOOD}${tampering}`))
    expect(error.domain).toBe('user')
    expect(Reflect.get(Object.prototype, 'toJSON')).toBeUndefined()
    expect(JSON.stringify([1].map(x => x))).toBe('[1]')
  })

  test.each([
    ['"no json"'],
    ['\'{"ok":true,"graph":"[[["}\''],
    ['\'{"ok":true}\''],
    ['\'{"ok":false}\''],
    ['\'{"ok":false,"error":{"code":"constructor","message":3,"place":"x","problems":[1,null]}}\''],
    ['\'{"ok":false,"error":{"code":"INTERNAL","message":"it was you"}}\''],
    ["'null'"],
    ['7'],
    ['{ length: 5 }'],
  ])('a forged answer %s is the user’s error', async answer => {
    const error = await refusal(
      prepare(`// @ts-nocheck\n${GOOD}JSON.stringify = () => (${answer})\nexport default env`),
    )
    expect(error.code).toBe('JOB_EVALUATION')
    expect(error.message).toMatch(/^job\.ts: (it changes built-in objects|it failed without a message|it was you)/)
  })
})
