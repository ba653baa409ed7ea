import { describe, expect, test } from 'vitest'
import { prepareJob } from './prepare-job.ts'
import { sdkBundle } from './sdk-bundle.ts'
import { sdkModules, sdkRegistry } from './sdk-modules.ts'

const sdkScript = sdkBundle()

async function warningsOf(body: string) {
  const source = `import { OutputTag, ProcessFunction, StreamExecutionEnvironment } from '@weir/sdk'
const env = new StreamExecutionEnvironment('job')
const numbers = env.fromElements(1, 2, 3)
${body}
export default env
`
  const context = { registry: sdkRegistry, sdkExports: Object.keys(sdkModules.exports), sdkScript: await sdkScript }
  const { warnings } = await prepareJob({ source, fileName: 'job.ts' }, context)
  return warnings.map(({ line, column, message }) => ({ line, column, message }))
}

describe('operators whose records go nowhere', () => {
  test('a job with a sink at every end has none', async () => {
    expect(await warningsOf('numbers.map(n => n).print()\nnumbers.filter(n => n > 1).print()')).toEqual([])
  })

  test('a branch without a sink is named with its place', async () => {
    expect(await warningsOf("numbers.print()\nnumbers.map(n => n)\n  .filter(n => n > 1).name('big')")).toEqual([
      {
        line: 6,
        column: 3,
        message:
          'nobody takes the records of operator "big": they are dropped; end it with .print() or .addSink(...), or remove it',
      },
    ])
  })

  test('a job without any sink is told so', async () => {
    expect(await warningsOf('numbers.map(n => n)')).toEqual([
      {
        line: 4,
        column: 8,
        message:
          'nobody takes the records of operator "map", and the job has no sink: they are dropped; end it with .print() or .addSink(...), or remove it',
      },
    ])
  })

  test('a source that nobody reads is named, beside one that is read', async () => {
    expect(await warningsOf("env.fromElements('x').name('unread')\nnumbers.print()")).toMatchObject([
      { line: 4, message: expect.stringContaining('"unread"') },
    ])
  })

  test('one whose side output is taken is left alone', async () => {
    const body = `const odd = new OutputTag<number>('odd')
const split = numbers.process((n, context) => { if (n % 2 === 1) context.output(odd, n) })
split.getSideOutput(odd).print()`
    expect(await warningsOf(body)).toEqual([])
  })
})
