import { expect, test } from 'vitest'
import { prepareJob } from './prepare-job.ts'
import { sdkBundle } from './sdk-bundle.ts'
import { sdkModules, sdkRegistry } from './sdk-modules.ts'

const sdkScript = sdkBundle()

async function warningsOf(body: string): Promise<string[]> {
  const source = `import { customSource, SessionWindow, StreamExecutionEnvironment, TumblingWindow, WatermarkStrategies } from '@weir/sdk'
const env = new StreamExecutionEnvironment('job')
const strategy = WatermarkStrategies.monotonous<number>()
const seconds = strategy.withTimestampAssigner(n => n * 1000)
const numbers = env.fromElements(1, 2, 3).name('numbers')
${body}
export default env
`
  const context = { registry: sdkRegistry, sdkExports: Object.keys(sdkModules.exports), sdkScript: await sdkScript }
  const { warnings } = await prepareJob({ source, fileName: 'job.ts' }, context)
  return warnings.map(({ line, message }) => `${line}: ${message}`)
}

const COUNT = "keyBy(n => n).window(TumblingWindow.of(1_000)).count().name('per second').print()"

test('a window of event time after a source without timestamps is warned of, with its line and what to do', async () => {
  expect(await warningsOf(`numbers.map(n => n).${COUNT}`)).toEqual([
    '6: operator "per second" has windows of event time, but records of the source "numbers" have no timestamps: the ' +
      'first one will fail the job; give addSource() a watermark strategy with a timestamp assigner, or take windows of ' +
      'processing time, e.g. TumblingWindow.of(60_000).processingTime()',
  ])
  expect(await warningsOf(`numbers.assignTimestampsAndWatermarks(strategy).${COUNT}`)).toHaveLength(1)
})

test('so is a join of two streams of which one has none', async () => {
  const timed = 'numbers.assignTimestampsAndWatermarks(seconds)'
  const join = (right: string) =>
    `${timed}.keyBy(n => n).intervalJoin(${right}.keyBy(n => n)).between(0, 10).process((a, b, _c, out) => out.collect(a + b)).print()`
  expect(await warningsOf(join('numbers'))).toEqual([expect.stringContaining('joins by event time')])
  expect(await warningsOf(join(timed))).toEqual([])
})

test.each([
  ['timestamps that are assigned', `numbers.assignTimestampsAndWatermarks(seconds).filter(n => n > 1).${COUNT}`],
  ['windows of processing time', `numbers.${COUNT.replace('1_000)', '1_000).processingTime()')}`],
  [
    'results of another window',
    `numbers.assignTimestampsAndWatermarks(seconds).keyBy(n => n).window(SessionWindow.of({ gapMs: 5 })).count()
       .map(({ count }) => count).${COUNT}`,
  ],
  ['a process function, whose code decides', `numbers.process((n: number, _c, out) => out.collect(n)).${COUNT}`],
])('nothing is said of %s', async (_name, body) => {
  expect(await warningsOf(body)).toEqual([])
})
