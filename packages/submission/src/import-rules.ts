import { existsSync, realpathSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import type { OnResolveArgs, OnResolveResult, Plugin } from 'esbuild'

interface ImportRulesOptions {
  readonly resolveFolder?: string
  /** Names of generated modules. */
  readonly modules?: ReadonlyMap<string, string>
}

/**
 * What a job may import: `@weir/sdk`; in a local project also its own files and packages; never a module of Node, and
 * nothing at run time. The same bundle must evaluate in the sandbox, which has none of it.
 */
export function importRules({ resolveFolder }: ImportRulesOptions): Plugin {
  const project = resolveFolder === undefined ? undefined : projectFolder(realpathSync(resolveFolder))
  return {
    name: 'weir-imports',
    setup(setup) {
      setup.onResolve({ filter: /.*/ }, async args => {
        if (args.kind === 'entry-point' || args.pluginData === CHECKED) return undefined
        const refused = refusal(args, project !== undefined)
        if (refused !== undefined) return refuse(refused)
        const found = await setup.resolve(args.path, {
          kind: args.kind,
          importer: args.importer,
          namespace: args.namespace,
          resolveDir: args.resolveDir,
          pluginData: CHECKED,
        })
        if (found.errors.length > 0 || project === undefined) return found
        const inside = isInside(realpathSync(found.path), project) || found.path.split(sep).includes('node_modules')
        if (found.namespace === 'file' && !inside) {
          return refuse(`"${args.path}" lies outside the project folder ${project}; move the file into the project`)
        }
        return found
      })
    },
  }
}

/** Looks at the imports of one file and goes into none of them. */
export function importSurvey({ resolveFolder, modules }: ImportRulesOptions): Plugin {
  return {
    name: 'weir-imports',
    setup(setup) {
      setup.onResolve({ filter: /.*/ }, args => {
        if (args.kind === 'entry-point') return undefined
        const refused = modules?.has(args.path) ? undefined : refusal(args, resolveFolder !== undefined)
        return refused === undefined ? { path: args.path, external: true } : refuse(refused)
      })
    },
  }
}

/** Marks the inner resolution of an import that was let through. */
const CHECKED = Symbol('checked')

function refuse(text: string): OnResolveResult {
  return { errors: [{ text }] }
}

function refusal(args: OnResolveArgs, local: boolean): string | undefined {
  const ofPackage = args.importer.split(sep).includes('node_modules')
  if (args.path === '@weir/sdk' && args.kind === 'import-statement') return undefined
  if (isBuiltin(args.path)) {
    return `"${args.path}" is a module of Node, which a job${ofPackage ? "'s package" : ''} cannot import; read and write through sources and sinks such as fileSource() and fileSink()`
  }
  if (args.kind === 'dynamic-import' && !ofPackage) {
    return `import() of "${args.path}" at run time is not possible in a job; use an import statement at the top of the file`
  }
  if (args.kind === 'require-call' && !ofPackage) {
    return `require() of "${args.path}" is not possible in a job; use an import statement at the top of the file`
  }
  if (args.path.startsWith('@weir/')) {
    return `"${args.path}" is internal; import what a job needs from "@weir/sdk"`
  }
  if (local) return undefined
  const what = /^[./]/.test(args.path) ? 'another file' : 'a package'
  return `"${args.path}" cannot be imported: an uploaded job imports "@weir/sdk" alone, not ${what}; put the code into this file, or deploy from the project with "weir deploy", which bundles it`
}

/** The nearest folder above with a package.json, else the folder itself. */
function projectFolder(folder: string): string {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(join(current, 'package.json'))) return current
    if (dirname(current) === current) return folder
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`)
}
