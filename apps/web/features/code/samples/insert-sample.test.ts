import { describe, expect, test } from 'vitest'
import { languageService } from '../monaco/testing.ts'
import { topStatements } from '../monaco/top-statements.ts'
import { insertPath, insertSample } from './insert-sample.ts'

const SDK = `
export declare class Stream<T> { map<U>(fn: (value: T) => U): Stream<U>; addSink(sink: object): object }
export declare class StreamExecutionEnvironment {
  constructor(name: string)
  addSource<T>(source: Source<T>): Stream<T>
}
export interface Source<T> { readonly of: T }
export declare function fileSource(options: { path: string; format: 'lines' }): Source<string>
export declare function fileSource<T>(options: { path: string; format: 'json' }): Source<T>
export declare function fileSource<T>(options: { path: string; format: 'csv'; schema?: Record<string, 'number'> }): Source<T>
export declare function collectSink(): object
`
const JOB = `import { collectSink, StreamExecutionEnvironment } from '@weir/sdk'

const env = new StreamExecutionEnvironment('x')

env.addSource(|).addSink(collectSink())

export default env
`
const SAMPLE = { name: 'orders.csv', path: 'uploads/orders.csv', head: 'id,price,name\n1,2.5,tea\n2,3,milk\n' }

/** The text after the insertion, without what is wrong in it: the caret stands at `|`. */
function inserted(marked: string, sample = SAMPLE): string {
  const caret = marked.indexOf('|')
  const text = marked.replace('|', '')
  const program = languageService({ '/job.ts': text, '/sdk.ts': SDK }).getProgram()
  const edits = insertSample(sample, text, caret, topStatements(program, '/job.ts'))
  let result = text
  for (const { start, length, newText } of [...edits].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + newText + result.slice(start + length)
  }
  const errors = languageService({ '/job.ts': result, '/sdk.ts': SDK }).getSemanticDiagnostics('/job.ts')
  expect(errors.filter(({ category }) => category === 1).map(({ code, start }) => [code, start, result])).toEqual([])
  return result
}

describe('a sample that is inserted compiles', () => {
  test('as the value that is missing at the caret, with its import', () => {
    const text = inserted(JOB)
    expect(text).toContain(`env.addSource(fileSource<{ id: number; price: number; name: string }>({
  path: 'uploads/orders.csv',
  format: 'csv',
  schema: { id: 'number', price: 'number' },
}))`)
    expect(text).toContain("import { collectSink, fileSource, StreamExecutionEnvironment } from '@weir/sdk'")
  })

  test.each([
    ['at the beginning of the file', `|${JOB.replace('env.addSource(|).addSink(collectSink())', '')}`],
    [
      'before the environment',
      JOB.replace('env.addSource(|).addSink(collectSink())', '').replace('\n\nconst', '\n|\nconst'),
    ],
    [
      'in the middle of a word',
      JOB.replace('env.addSource(|).addSink(collectSink())', '').replace('const env', 'con|st env'),
    ],
    ['behind the end', `${JOB.replace('env.addSource(|).addSink(collectSink())', '')}|`],
    ['in a comment', JOB.replace('env.addSource(|).addSink(collectSink())', '// addSource(|')],
  ])('as a statement behind the environment and before the export: %s', (_, marked) => {
    const text = inserted(marked)
    const at = text.indexOf('const orders = env.addSource(fileSource<')
    expect(at).toBeGreaterThan(text.indexOf('new StreamExecutionEnvironment'))
    expect(at).toBeLessThan(text.indexOf('export default'))
  })

  test('as a statement when another source stands where the caret is', () => {
    const text = inserted(
      JOB.replace('addSource(|)', "addSource(|fileSource({ path: 'a', format: 'lines' }))").replace(
        'collectSink,',
        'collectSink, fileSource,',
      ),
    )
    expect(text).toMatch(/\.addSink\(collectSink\(\)\)\n\nconst orders = env\.addSource\(/)
  })

  test('as a whole job where there is nothing', () => {
    expect(inserted('|')).toMatch(/^import [\s\S]*fileSource<[\s\S]*export default env\n$/)
    expect(inserted('  // later\n|', { name: 'a.txt', path: 'a.txt', head: 'one\n' })).toContain("format: 'lines'")
  })

  test('with an environment where the text has none', () => {
    expect(inserted('const n = 1\n|')).toContain('const env = new StreamExecutionEnvironment')
  })

  test('under a name that the text does not have', () => {
    const text = inserted(JOB.replace('env.addSource(|).addSink(collectSink())', 'const orders = 1\n|'))
    expect(text).toContain('const orders2 = env.addSource(')
    const quoted = inserted(JOB.replace('env.addSource(|).addSink(collectSink())', "const path = 'x/orders.csv'\n|"))
    expect(quoted).toContain('const orders = env.addSource(')
  })

  test('between quotes as the bare path', () => {
    const job = JOB.replace('addSource(|)', "addSource(fileSource({ path: '|', format: 'lines' }))")
    const text = inserted(job.replace('collectSink,', 'collectSink, fileSource,'))
    expect(text).toContain("{ path: 'uploads/orders.csv', format: 'lines' }")
  })
})

test('in a job that is JSON the path is written, with quotes where there are none', () => {
  const at = (marked: string) => insertPath(SAMPLE, marked.replace('|', ''), marked.indexOf('|'))[0].newText
  expect(at('{ "path": | }')).toBe('"uploads/orders.csv"')
  expect(at('{ "path": "|" }')).toBe('uploads/orders.csv')
})
