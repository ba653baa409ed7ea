import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { portsOf, readSettings } from '@weir/process/settings'
import { DataStream, KeyedStream } from '@weir/sdk'
import { describe, expect, test } from 'vitest'
import { projectFiles } from '../apps/cli/src/init/templates.ts'

const root = join(import.meta.dirname, '..')
const readmes = globSync('{apps,packages}/**/*.md', { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] })
const pages = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root }), ...readmes]

/** What the repository holds at its top, and what a build or a run puts there: a path begins with one of the first. */
const TOP_FOLDERS = ['.ci', 'apps', 'bench', 'docs', 'e2e', 'examples', 'packages', 'prisma', 'scripts', 'test']
/** Made by a build, a test or a run: not there in a fresh clone. */
const MADE = /(^|\/)(dist|generated|node_modules)(\/|$)|^(examples|bench)\/(data|out)(\/|$)/

function textOf(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

/** The page without its fenced blocks, whose brackets are code. */
function prose(page: string): string {
  return textOf(page).replace(/^```.*?^```/gms, '')
}

/** As code forges make them: lower case, spaces to dashes, punctuation away. */
function anchorsOf(page: string): string[] {
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function brokenLinks(page: string): string[] {
  const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!)
  return links.filter(target => {
    if (/^[a-z]+:/.test(target)) return false
    const [path, anchor] = target.split('#') as [string, string | undefined]
    const file = path === '' ? page : relative(root, join(root, dirname(page), path))
    if (!existsSync(join(root, file))) return true
    return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(anchor)
  })
}

/** Code spans that are paths of the repository; `x/{a,b}.ts` stands for two. Globs and placeholders are not looked at. */
function pathsIn(page: string): string[] {
  const spans = [...prose(page).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span!)
  return spans
    .filter(span => /^[\w.@{},/-]+$/.test(span) && TOP_FOLDERS.some(folder => span.startsWith(`${folder}/`)))
    .flatMap(expandBraces)
    .filter(path => !MADE.test(path))
}

function expandBraces(path: string): string[] {
  const group = /\{([^{}]*)\}/.exec(path)
  if (group === null) return [path]
  return group[1]!.split(',').flatMap(part => expandBraces(path.replace(group[0], part)))
}

test('the generated pages are up to date with their tables', async () => {
  const run = promisify(execFile)(process.execPath, [join(root, 'docs/generate.mjs'), '--check'])
  await expect(run).resolves.toMatchObject({ stderr: '' })
})

test('there are pages to check, and they hold links and paths', () => {
  expect(pages).toEqual(expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'docs/features.md']))
  expect(pathsIn('ARCHITECTURE.md').length).toBeGreaterThan(100)
  expect(textOf('README.md')).toMatch(/\]\(ARCHITECTURE\.md\)/)
})

describe.each(pages)('%s', page => {
  test('links to what exists', () => {
    expect(brokenLinks(page)).toEqual([])
  })

  test('names paths that exist', () => {
    expect(pathsIn(page).filter(path => !existsSync(join(root, path)))).toEqual([])
  })
})

describe('the commands of the docs', () => {
  const scriptsIn = (manifest: string): string[] =>
    Object.keys((JSON.parse(manifest) as { scripts: Record<string, string> }).scripts)
  // The README leads into a project that "weir init" has made.
  const project = projectFiles({ name: 'job', clone: '../weir' }).get('package.json')!
  const scripts = [...scriptsIn(textOf('package.json')), ...scriptsIn(project)]
  const commands = globSync('*.ts', { cwd: join(root, 'apps/cli/src/commands') }).map(file => file.slice(0, -3))

  test.each(pages)('%s calls npm scripts that there are', page => {
    const called = [...textOf(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name!)
    expect(called.filter(name => !scripts.includes(name))).toEqual([])
  })

  test.each(pages)('%s calls commands of weir that there are', page => {
    const called = [...textOf(page).matchAll(/\.\/weir ([a-z]+)/g)].map(([, name]) => name!)
    expect(called.filter(name => !commands.includes(name))).toEqual([])
  })
})

test('the example of the README is the one that runs', () => {
  const [block] = [...textOf('README.md').matchAll(/^```ts\n(.*?)^```$/gms)]
  expect(block![1]).toBe(textOf('examples/book-words.ts'))
})

test('what the README says a job can use, is there', () => {
  const [, list] = /^What a job can use today: (.*)$/m.exec(textOf('README.md'))!
  const named = [...list!.matchAll(/`(\w+)`/g)].map(([, name]) => name!)
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter(name => !(name in DataStream.prototype) && !(name in KeyedStream.prototype))).toEqual([])
})

test('the second cluster of the page on configuration has no port of the first one', () => {
  const [block] = [...textOf('docs/configuration.md').matchAll(/^```sh\n(.*?)^```$/gms)]
  const variables = [...block![1]!.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name!, value!])
  const [first, second] = [readSettings({}), readSettings(Object.fromEntries(variables))]
  expect(second.home).not.toBe(first.home)
  const firstPorts = portsOf(first).map(({ port }) => port)
  // Data ports begin 100 above the one of the TaskManagers: nobody else may stand there or just behind.
  const dataPorts = [first, second].map(settings => settings.taskManagerRpcPort + 100)
  for (const { port, variable } of portsOf(second)) {
    expect(firstPorts, variable).not.toContain(port)
    for (const data of dataPorts) expect(port < data || port > data + 10, `${variable}=${port}`).toBe(true)
  }
})

describe('decisions', () => {
  const adrs = globSync('docs/adr/[0-9]*.md', { cwd: root }).sort()

  test('are numbered without gaps, and each is in the list', () => {
    expect(adrs.map(page => Number(page.slice('docs/adr/'.length).slice(0, 4)))).toEqual(adrs.map((_, i) => i + 1))
    for (const page of adrs) expect(textOf('docs/adr/README.md')).toContain(`(${page.slice('docs/adr/'.length)})`)
  })

  test.each(adrs)('%s has context, choice, what was rejected, and consequences', page => {
    expect(anchorsOf(page)).toEqual(expect.arrayContaining(['context', 'choice', 'rejected', 'consequence']))
  })
})

describe('docs/dependencies.md', () => {
  const manifests = ['package.json', ...globSync('{apps/*,packages/*,bench,e2e}/package.json', { cwd: root })]
  const named = new Set(
    manifests.flatMap(path => {
      const { dependencies, devDependencies } = JSON.parse(textOf(path)) as Record<string, object | undefined>
      return Object.keys({ ...dependencies, ...devDependencies }).filter(name => !name.startsWith('@weir/'))
    }),
  )
  const rows = new Set([...textOf('docs/dependencies.md').matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name!))

  test('has a line for every package that a manifest names', () => {
    expect([...named].filter(name => !rows.has(name))).toEqual([])
  })

  test('has no line for a package that is gone', () => {
    expect([...rows].filter(name => !named.has(name))).toEqual([])
  })
})
