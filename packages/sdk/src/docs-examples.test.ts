import { execFileSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')

/** Code as users read and write it: fragments get the imports and streams that their text takes for granted. */
const PRELUDE = `import {
  type Collector, type Context, KeyedProcessFunction, type OnTimerContext, OutputTag, type RuntimeContext,
  StreamExecutionEnvironment, TumblingWindow, type ValueState, WatermarkStrategies, fileSink, fileSource, valueState,
} from '@weir/sdk'
interface Click { id: string; at: number }
declare const stream: import('@weir/sdk').DataStream<Click>
`

const DEDUPLICATE = `${PRELUDE}
class Deduplicate extends KeyedProcessFunction<string, Click, Click> {
  private seen!: ValueState<boolean>
  open(ctx: RuntimeContext) { this.seen = ctx.getState(valueState<boolean>('seen', { ttlMs: 3_600_000 })) }
  processElement(click: Click, ctx: Context<string>, out: Collector<Click>) {
    if (this.seen.value()) return
    this.seen.update(true)
    out.collect(click)
  }
  onTimer(timestamp: number, ctx: OnTimerContext<string>, out: Collector<Click>) {}
}
stream.keyBy(c => c.id).process(new Deduplicate())
export { OutputTag, StreamExecutionEnvironment, TumblingWindow, WatermarkStrategies, fileSink, fileSource }
`

const WINDOWS = `${PRELUDE}
import {
  CountEvictor, CountTrigger, GlobalWindow, PurgingTrigger, SessionWindow, SlidingWindow, type TimeWindow, type Trigger,
  type TriggerContext, TriggerResult,
} from '@weir/sdk'
class FirstOfBurst implements Trigger<Click> {
  onElement(click: Click, timestamp: number, window: TimeWindow, ctx: TriggerContext) {
    const seen = ctx.getState(valueState<boolean>('seen'))
    if (seen.value()) return TriggerResult.CONTINUE
    seen.update(true)
    return TriggerResult.FIRE
  }
  onEventTime() { return TriggerResult.FIRE_AND_PURGE }
  onProcessingTime() { return TriggerResult.CONTINUE }
  clear(window: TimeWindow, ctx: TriggerContext) { ctx.getState(valueState<boolean>('seen')).clear() }
}
const keyed = stream.keyBy(c => c.id)
keyed.window(SlidingWindow.of({ sizeMs: 30_000, slideMs: 10_000 })).count()
keyed.window(SessionWindow.of({ gapMs: 5_000 })).allowedLateness(1_000).max('at')
keyed.window(TumblingWindow.of(1_000)).trigger(new FirstOfBurst()).count()
keyed.window(GlobalWindow.create()).trigger(PurgingTrigger.of(CountTrigger.of(3))).evictor(CountEvictor.of(2)).count()
keyed.countWindow(10, 5).process((key, window, clicks, out: Collector<number>) => out.collect(clicks.length))
export { type Context, KeyedProcessFunction, type OnTimerContext, OutputTag, type RuntimeContext }
export { StreamExecutionEnvironment, type ValueState, WatermarkStrategies, fileSink, fileSource }
`

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-docs-'))
  const options = {
    // What "strict" and nothing else means for a project of a user.
    strict: true,
    target: 'ES2024',
    lib: ['ES2024'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    types: [],
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    paths: { '@weir/sdk': [join(root, 'packages/sdk/src/index.ts')] },
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The TypeScript blocks of a page that are whole jobs: they import the SDK. */
function jobsIn(page: string): string[] {
  const blocks = readFileSync(join(root, page), 'utf8').matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```$/gm)
  return [...blocks].map(([, code]) => code as string).filter(code => code.includes("from '@weir/sdk'"))
}

function typeErrors(jobs: Readonly<Record<string, string>>): string {
  for (const [name, code] of Object.entries(jobs)) {
    writeFileSync(join(folder, `${name}.ts`), code)
  }
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { encoding: 'utf8' })
    return ''
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)
  }
}

test('every example of the repository, its documentation and the API page compiles under strict', {
  timeout: 60_000,
}, () => {
  const pages = globSync(['*.md', 'docs/**/*.md', 'packages/*/README.md'], { cwd: root })
  const examples = globSync('examples/*.ts', { cwd: root })
  expect(examples.length).toBeGreaterThanOrEqual(3)
  const jobs = Object.fromEntries([
    ...examples.map(file => [file.replaceAll(/\W/g, '-'), readFileSync(join(root, file), 'utf8')]),
    ...pages.flatMap(page => jobsIn(page).map((code, index) => [`${page.replaceAll(/\W/g, '-')}-${index}`, code])),
    ['deduplicate', DEDUPLICATE],
    ['windows', WINDOWS],
  ])
  expect(typeErrors(jobs)).toBe('')
})

test('an example with a wrong field would be found', { timeout: 60_000 }, () => {
  const wrong = readFileSync(join(root, 'examples/book-words.ts'), 'utf8').replace('w.word)', 'w.wrd)')
  expect(typeErrors({ wrong })).toMatch(/wrong\.ts\(\d+,\d+\): error TS\d+: .*'wrd'/)
  rmSync(join(folder, 'wrong.ts'))
})
