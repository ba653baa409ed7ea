/** What the files of a new project depend on. */
export interface TemplateValues {
  /** Fit to be the name of a package and of a job. */
  readonly name: string
  /** Path of the clone of Weir from the project's folder, with forward slashes. */
  readonly clone: string
}

/** The files of a new project by their path in it. */
export function projectFiles(values: TemplateValues): ReadonlyMap<string, string> {
  return new Map([
    ['package.json', packageJson(values)],
    ['tsconfig.json', tsconfig(values)],
    ['README.md', readme(values)],
    ['.gitignore', 'node_modules/\nout/\n*.log\n'],
    ['src/job.ts', job(values)],
    ['src/orders.ts', ORDERS],
    ['test/job.test.ts', TEST],
  ])
}

function packageJson({ name, clone }: TemplateValues): string {
  const command = (path: string) => `"${clone}/${path}"`
  const weir = command('weir')
  return json({
    name,
    private: true,
    type: 'module',
    scripts: {
      weir,
      start: `${weir} run src/job.ts`,
      dev: `${weir} dev src/job.ts`,
      validate: `${weir} validate src/job.ts`,
      deploy: `${weir} deploy src/job.ts`,
      typecheck: `${command('node_modules/.bin/tsc')} --noEmit`,
      test: `${command('node_modules/.bin/node')} --import ${command('apps/cli/src/init/resolve-sdk.ts')} --test "test/**/*.test.ts"`,
    },
  })
}

function tsconfig({ clone }: TemplateValues): string {
  return json({
    compilerOptions: {
      target: 'ES2024',
      lib: ['ES2024', 'ESNext.Disposable'],
      module: 'ESNext',
      moduleResolution: 'bundler',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      isolatedModules: true,
      verbatimModuleSyntax: true,
      erasableSyntaxOnly: true,
      allowImportingTsExtensions: true,
      typeRoots: [`${clone}/node_modules/@types`],
      types: ['node'],
      paths: {
        '@weir/sdk': [`${clone}/packages/sdk/src/index.ts`],
        '@weir/local-runner/*': [`${clone}/packages/local-runner/src/*.ts`],
      },
    },
    include: ['src', 'test'],
  })
}

function readme({ name, clone }: TemplateValues): string {
  return `# ${name}

A job for Weir. It uses the clone of Weir at \`${clone}\`; when either folder moves, correct that path in package.json and
tsconfig.json. There is nothing to install.

| Command | What it does |
|---|---|
| \`npm start\` | runs the job in this process and prints its rows |
| \`npm run dev\` | the same, again on every change |
| \`npm test\` | runs the tests in \`test/\` |
| \`npm run typecheck\` | checks the types |
| \`npm run validate\` | checks the job and shows its graph |
| \`npm run deploy\` | submits it to the cluster that \`npm start\` in the clone starts |
| \`npm run weir -- --help\` | everything else |

- \`src/job.ts\` is the job. It exports its environment; what it imports of this project is bundled into it.
- \`src/orders.ts\` stands in for real input: put a \`fileSource\` or another source in its place. \`collectSink\` shows the
  rows; a \`fileSink\` writes them into files.
`
}

function job({ name }: TemplateValues): string {
  return `import { collectSink, StreamExecutionEnvironment } from '@weir/sdk'
import { orders } from './orders.ts'

/** How much of an item has been ordered so far. */
export interface Total {
  item: string
  amount: number
}

const env = new StreamExecutionEnvironment('${name}')

env
  .fromCollection(orders)
  .filter(order => order.amount > 0)
  .map((order): Total => ({ item: order.item, amount: order.amount }))
  .keyBy(total => total.item)
  .reduce((a, b) => ({ item: a.item, amount: a.amount + b.amount }))
  .addSink(collectSink())

export default env
`
}

const ORDERS = `export interface Order {
  customer: string
  item: string
  amount: number
}

/** Some input to begin with. A negative amount is a cancellation. */
export const orders: Order[] = [
  { customer: 'ann', item: 'apple', amount: 3 },
  { customer: 'bob', item: 'pear', amount: 1 },
  { customer: 'ann', item: 'pear', amount: -1 },
  { customer: 'cid', item: 'apple', amount: 2 },
  { customer: 'bob', item: 'fig', amount: 7 },
  { customer: 'cid', item: 'pear', amount: 4 },
]
`

const TEST = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runLocally } from '@weir/local-runner/run-locally'
import type { Total } from '../src/job.ts'
import { orders } from '../src/orders.ts'

test('the last row of an item is the sum of its orders without cancellations', async () => {
  const totals = new Map<string, number>()
  await runLocally({
    file: fileURLToPath(new URL('../src/job.ts', import.meta.url)),
    parallelism: 2,
    workdir: process.cwd(),
    onRow({ row }) {
      const { item, amount } = row as Total
      totals.set(item, amount)
    },
  })

  const expected = new Map<string, number>()
  for (const { item, amount } of orders) if (amount > 0) expected.set(item, (expected.get(item) ?? 0) + amount)
  assert.deepEqual([...totals].sort(), [...expected].sort())
})
`

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
