// `npm test`: everything that says whether the project is sound, from a fresh clone on.
//
//   node scripts/test.mjs                          all suites
//   node scripts/test.mjs --only unit,integration  some of: typecheck, lint, build, unit, integration, e2e
//   node scripts/test.mjs --only unit -- <filter>  what follows -- goes to vitest
//
// The last line is `N passed, N failed, N skipped` over all suites; type check, lint, build and the clean work tree count
// as one each. A test that cannot run on this machine prints a line `SKIPPED: <reason>`, repeated at the end.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureInstalled, generateCode } from './ensure-built.mjs'
import { bin, requireSystemNode, root, toolEnv } from './project.mjs'
import { CommandError, runCommand } from './run-command.mjs'
import { colorsFor, duration, Steps } from './steps.mjs'
import { readVitestReport, skippedReason, summaryLine } from './test-results.mjs'

/** What `afterBuild` names reads types that the build of the web app writes, so it waits for a build of this run. */
const CHECKS = {
  typecheck: {
    title: 'Type check',
    commands: [['tsc', '--noEmit', '-p', 'tsconfig.json']],
    afterBuild: [
      ['next', 'typegen', 'apps/web'],
      ['tsc', '--noEmit', '-p', 'apps/web/tsconfig.json'],
    ],
  },
  lint: { title: 'Lint and format', commands: [['biome', 'check', '.']] },
  build: { title: 'Build', commands: [['turbo', 'run', 'build', 'typings', '--output-logs=errors-only']] },
}
/** A suite that hangs is killed and counts as failed, so that a run always ends with its line. */
const SUITES = {
  unit: { title: 'Unit tests', timeoutMs: 5 * 60_000 },
  integration: { title: 'Integration tests', timeoutMs: 8 * 60_000 },
  e2e: { title: 'End-to-end tests', timeoutMs: 14 * 60_000 },
}
/** Debian packages that tests need, by a program of each. */
const SYSTEM_PACKAGES = [
  { name: 'postgresql', isThere: hasPostgres, tests: 'tests of the database' },
  { name: 'chromium', isThere: hasChromium, tests: 'tests in a browser' },
]
const ALL = [...Object.keys(CHECKS), ...Object.keys(SUITES)]

requireSystemNode()
const { only, filters } = readArguments(process.argv.slice(2))
const inCi = Boolean(process.env.CI) && process.env.CI !== 'false'
const out = process.stdout
const colors = colorsFor(out)
const steps = new Steps(out)
const env = testEnv()
const results = []
const reasons = new Set()
// What runs in a group of its own is ended by an exit, not by a signal that merely kills this process.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

const treeBefore = workTree()
await prepare()
await runChecks()
for (const name of Object.keys(SUITES)) if (only.includes(name)) results.push(await runSuite(name))
if (inCi) results.push(checkWorkTree())
report()

function readArguments(args) {
  const split = args.indexOf('--')
  const own = split < 0 ? args : args.slice(0, split)
  const rest = split < 0 ? [] : args.slice(split + 1)
  const index = own.indexOf('--only')
  const names = index < 0 ? ALL : (own[index + 1] ?? '').split(',')
  const unknown = names.filter(name => !ALL.includes(name))
  const usable = index < 0 ? own.length === 0 : own.length === 2
  if (!usable || unknown.length > 0) {
    console.error(`usage: node scripts/test.mjs [--only ${ALL.join(',')}] [-- vitest filters]`)
    process.exit(2)
  }
  return { only: names, filters: rest }
}

/** The tools' environment, without the settings of whoever runs the tests; WEIR_ARTIFACTS is of the tests themselves. */
function testEnv() {
  const isSetting = name => (name.startsWith('WEIR_') && name !== 'WEIR_ARTIFACTS') || name === 'DATABASE_URL'
  const clean = Object.entries(toolEnv()).filter(([name]) => !isSetting(name))
  return { ...Object.fromEntries(clean), ...(out.isTTY ? { FORCE_COLOR: '1' } : {}) }
}

async function prepare() {
  try {
    await installSystemPackages()
    await ensureInstalled(steps)
    await steps.run('Generating code', () => generateCode())
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    out.write(`\n${colors.red('error:')} ${error.message}\n`)
    results.push({ title: 'Preparation', passed: 0, failed: 1, skipped: 0, failures: [error.message.split('\n')[0]] })
    report()
  }
}

async function installSystemPackages() {
  const lacking = SYSTEM_PACKAGES.filter(item => !item.isThere())
  if (lacking.length === 0) return
  const missing = lacking.map(item => item.name)
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`
  const canInstall = inCi && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (!canInstall) {
    out.write(
      `${colors.yellow('!')} missing: ${missing.join(', ')}. Skipped for want of it: ${lacking.map(item => item.tests).join(', ')}. Install: ${command} (as root)\n`,
    )
    return
  }
  await steps.run(`Installing ${missing.join(', ')}`, async () => {
    const debian = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await runCommand('apt-get', ['update'], { env: debian, advice: 'The package lists could not be read.' })
    await runCommand('apt-get', command.split(' ').slice(1), {
      env: debian,
      advice: 'The packages could not be installed.',
    })
  })
}

function hasPostgres() {
  const versions = '/usr/lib/postgresql'
  const onDebian =
    existsSync(versions) && readdirSync(versions).some(version => existsSync(join(versions, version, 'bin/postgres')))
  return onDebian || isOnPath('postgres')
}

/** The same names as in e2e/support/browser.ts. */
function hasChromium() {
  return ['chromium', 'chromium-browser', 'google-chrome'].some(isOnPath)
}

function isOnPath(program) {
  return ['/usr/bin', ...(process.env.PATH ?? '').split(':')].some(folder => existsSync(join(folder, program)))
}

/** Type check, lint and build at the same time: the first two are done while the third mostly waits for files. */
async function runChecks() {
  const names = Object.keys(CHECKS).filter(name => only.includes(name))
  if (names.length === 0) return
  const outcomes = await steps.run(names.map(name => CHECKS[name].title).join(', '), () => {
    const built = names.includes('build') ? runCheck('build', null) : null
    return Promise.all(names.map(name => (name === 'build' ? built : runCheck(name, built))))
  })
  for (const outcome of outcomes) {
    if (outcome.failed > 0) out.write(`\n${colors.red(`${outcome.title} failed`)}\n${outcome.output}\n`)
    results.push(outcome)
  }
}

/** Runs the commands of a check one after the other, to the first that fails. `built`: a build that is under way. */
async function runCheck(name, built) {
  const { title, commands, afterBuild = [] } = CHECKS[name]
  const startedMs = performance.now()
  let outcome = await runAll(commands)
  if (outcome.good && afterBuild.length > 0) {
    await built
    outcome = await runAll(afterBuild)
  }
  return {
    title,
    passed: outcome.good ? 1 : 0,
    failed: outcome.good ? 0 : 1,
    skipped: 0,
    failures: outcome.good ? [] : [title],
    output: outcome.output,
    ms: performance.now() - startedMs,
  }
}

async function runAll(commands) {
  for (const [program, ...args] of commands) {
    const { code, output } = await runCommand(join(bin, program), args, { cwd: root, env, allowFailure: true })
    if (code !== 0) return { good: false, output }
  }
  return { good: true, output: '' }
}

async function runSuite(name) {
  const { title, timeoutMs } = SUITES[name]
  const startedMs = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'weir-test-'))
  const file = join(folder, 'report.json')
  out.write(`\n${colors.bold(title)}\n`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const reasonsBefore = reasons.size
  let failure = null
  let code = 1
  try {
    const onLine = line => {
      const reason = skippedReason(line)
      if (reason !== null) reasons.add(reason)
    }
    const run = { cwd: root, env, echo: out, onLine, timeoutMs, allowFailure: true }
    code = (await runCommand(join(bin, 'vitest'), ['run', '--project', `${name}*`, ...reporters, ...filters], run)).code
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    failure = error.message.split('\n')[0]
  }
  const text = existsSync(file) ? readFileSync(file, 'utf8') : null
  rmSync(folder, { recursive: true })
  const suite = readVitestReport(text, { code, failure })
  // A skipped test whose file gave no reason is named instead.
  if (reasons.size === reasonsBefore) for (const test of suite.skippedTests) reasons.add(`${test} (no reason given)`)
  return { title, ...suite, ms: performance.now() - startedMs }
}

/** What git sees as changed; null outside a repository. */
function workTree() {
  try {
    return execFileSync('git', ['status', '--porcelain'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return null
  }
}

function checkWorkTree() {
  const after = workTree()
  const clean = after === treeBefore
  if (!clean) out.write(`\n${colors.red('The tests changed the work tree.')} Before:\n${treeBefore}After:\n${after}`)
  return {
    title: 'Work tree unchanged',
    passed: clean ? 1 : 0,
    failed: clean ? 0 : 1,
    skipped: 0,
    failures: clean ? [] : ['the work tree was changed'],
  }
}

/** Ends the process. */
function report() {
  out.write(`\n${colors.bold('Summary')}\n`)
  for (const result of results) {
    const mark = result.failed > 0 ? colors.red('✗') : colors.green('✓')
    const time = result.ms === undefined ? '' : colors.dim(duration(result.ms))
    out.write(
      `${mark} ${result.title.padEnd(20)} ${String(result.passed).padStart(5)} passed ${String(result.failed).padStart(4)} failed ${String(result.skipped).padStart(4)} skipped  ${time}\n`,
    )
  }
  for (const result of results)
    for (const failure of result.failures) out.write(`${colors.red('FAILED:')} ${failure}\n`)
  for (const reason of reasons) out.write(`${colors.yellow('SKIPPED:')} ${reason}\n`)
  const { line, exitCode } = summaryLine(results)
  process.exitCode = exitCode
  out.write(`${line}\n`, () => process.exit(exitCode))
}
