// Makes what the code editor knows of `@weir/sdk`: the declarations of the package and of all that it is made of, with
// their docstrings, as one JSON asset { version, entry, files } that the editor loads on demand. Output is not in git.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, posix, relative, sep } from 'node:path'

const web = join(import.meta.dirname, '..')
const root = join(web, '../..')
const target = join(web, 'public/generated/weir-sdk.json')
const require = createRequire(import.meta.url)
const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')

const work = mkdtempSync(join(tmpdir(), 'weir-typings-'))
try {
  emitDeclarations(join(work, 'all'))
  const files = flatten(join(work, 'all'))
  check(files, join(work, 'check'))
  const { version } = JSON.parse(readFileSync(join(root, 'packages/sdk/package.json'), 'utf8'))
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, JSON.stringify({ version, entry: 'sdk/index.d.ts', files }))
} finally {
  rmSync(work, { recursive: true, force: true })
}

/** Runs tsc over the SDK; other packages are taken as sources, so that their declarations come out too. */
function emitDeclarations(outDir) {
  const packages = ['engine', 'connectors', 'control']
  compile(work, {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      stripInternal: true,
      rootDir: root,
      outDir,
      typeRoots: [join(root, 'node_modules/@types')],
      paths: Object.fromEntries(packages.map(name => [`@weir/${name}/*`, [join(root, `packages/${name}/src/*.ts`)]])),
    },
    files: [join(root, 'packages/sdk/src/index.ts')],
    include: [],
  })
}

/** What the entry reaches by import, under short paths and with relative imports only. */
function flatten(folder) {
  const files = {}
  const waiting = ['packages/sdk/src/index.d.ts']
  while (waiting.length > 0) {
    const path = waiting.pop()
    const name = shortName(path)
    if (name in files) continue
    const text = readFileSync(join(folder, path), 'utf8')
    files[name] = text.replaceAll(/(\bfrom |\bimport\()(['"])([^'"]+)\2/g, (_all, before, quote, specifier) => {
      if (specifier === 'zod') return `${before}${quote}${towards(name, 'zod.d.ts')}${quote}`
      const found = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : ofPackage(specifier)
      const declaration = `${found.replace(/\.ts$/, '')}.d.ts`
      waiting.push(declaration)
      return `${before}${quote}${towards(name, shortName(declaration))}${quote}`
    })
  }
  files['zod.d.ts'] = readFileSync(join(import.meta.dirname, 'zod-stub.d.ts'), 'utf8')
  return files
}

function ofPackage(specifier) {
  const [, name, path] = /^@weir\/([\w-]+)\/(.+)$/.exec(specifier) ?? []
  if (name === undefined)
    throw new Error(`the declarations of @weir/sdk import "${specifier}", which editors cannot see`)
  return `packages/${name}/src/${path}`
}

function shortName(path) {
  return path.replace(/^packages\/([\w-]+)\/src\//, '$1/')
}

function towards(from, to) {
  const way = posix.relative(posix.dirname(from), to).replace(/\.d\.ts$/, '')
  return way.startsWith('.') ? way : `./${way}`
}

/** The result is compiled alone, under strict and with its own declarations checked: nothing in it may be unknown. */
function check(files, folder) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  compile(folder, {
    compilerOptions: {
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      target: 'ES2024',
      lib: ['ES2024', 'ESNext.Disposable'],
      module: 'ESNext',
      moduleResolution: 'bundler',
      types: [],
    },
    files: Object.keys(files),
  })
}

function compile(folder, config) {
  const path = join(folder, 'tsconfig.json')
  writeFileSync(path, JSON.stringify(config))
  try {
    execFileSync(process.execPath, [compiler, '-p', path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    const output = `${error.stdout ?? ''}${error.stderr ?? ''}`.replaceAll(`${relative(process.cwd(), work)}${sep}`, '')
    console.error(`The typings of @weir/sdk cannot be made:\n${output.slice(0, 4_000)}`)
    process.exitCode = 1
    throw new Error('tsc found errors in them')
  }
}
