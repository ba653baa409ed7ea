import { type Problem, WeirError } from '@weir/engine/base/errors'
import { didYouMean } from '@weir/engine/base/near-miss'
import { type BuildFailure, build, type Message, type Plugin } from 'esbuild'
import { findDynamicLoads } from './dynamic-loads.ts'
import { functionPlace } from './function-modules.ts'
import { SDK } from './host-symbols.ts'
import { importRules, importSurvey } from './import-rules.ts'
import { MAX_BUNDLE_LENGTH } from './limits.ts'
import { problemsError } from './problems.ts'
import { checkSource, shownFileName } from './source-text.ts'

export interface BundleRequest {
  readonly source: string
  /** Shown in messages and stack traces; never used as a path. */
  readonly fileName: string
  readonly kind: 'ts' | 'js'
  /** Names that `@weir/sdk` exports. */
  readonly sdkExports: readonly string[]
  /**
   * Absolute folder of the job file: its relative imports (within the user's project) and packages are taken in. Absent
   * for uploads, which may import nothing but `@weir/sdk`.
   */
  readonly resolveFolder?: string
  /** Further modules by the name under which `source` imports them: the functions of a JSON job. */
  readonly modules?: ReadonlyMap<string, string>
}

export interface Bundle {
  /** One ES module without imports. It reads the SDK from `globalThis` (see host-symbols.ts). */
  readonly code: string
  /** Source map, version 3, as JSON; holds the sources. */
  readonly sourceMap: string
  readonly warnings: readonly Problem[]
}

/**
 * Turns a job file and what it imports into one ES module. Throws JOB_SYNTAX, JOB_IMPORT or JOB_TOO_LARGE with one
 * problem for each place.
 */
export async function bundleJob(request: BundleRequest): Promise<Bundle> {
  const file = shownFileName(request.fileName)
  checkSource(request.source, file)
  await refuseUnusedImports(request)
  const result = await build({
    stdin: {
      contents: request.source,
      sourcefile: file,
      loader: request.kind,
      ...(request.resolveFolder === undefined ? {} : { resolveDir: request.resolveFolder }),
    },
    bundle: true,
    write: false,
    outfile: 'job.js',
    ...(request.resolveFolder === undefined ? {} : { absWorkingDir: request.resolveFolder }),
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import', 'default'],
    target: 'es2023',
    // Makes every load at run time go through one helper of esbuild's, which dynamic-loads.ts looks for.
    supported: { 'dynamic-import': false },
    charset: 'utf8',
    legalComments: 'none',
    sourcemap: 'external',
    // A tsconfig.json that happens to lie above the file must not change what the same text means elsewhere.
    tsconfigRaw: '{}',
    logLevel: 'silent',
    plugins: [sdkModule(request.sdkExports), functionModules(request.modules), importRules(request)],
  }).catch((error: unknown) => {
    throw isBuildFailure(error) ? bundleError(error.errors, request) : error
  })
  const code = result.outputFiles.find(output => output.path.endsWith('.js'))?.text ?? ''
  const sourceMap = result.outputFiles.find(output => output.path.endsWith('.map'))?.text ?? ''
  if (code.length > MAX_BUNDLE_LENGTH) {
    throw new WeirError(
      'JOB_TOO_LARGE',
      `${file} and what it imports make a bundle of ${(code.length / 1024 / 1024).toFixed(1)} MiB, above the limit of ${MAX_BUNDLE_LENGTH / 1024 / 1024} MiB; import less`,
    )
  }
  const loads = findDynamicLoads(code, sourceMap)
  if (loads.length > 0) throw problemsError('JOB_IMPORT', loads)
  const undefinedNames = result.warnings.filter(warning => warning.id === 'import-is-undefined')
  if (undefinedNames.length > 0) throw bundleError(undefinedNames, request)
  return { code, sourceMap, warnings: result.warnings.map(problemOf) }
}

/**
 * TypeScript drops an import whose names are used as types alone, or not at all, before anybody asks whether it may be.
 * So the file's own imports are looked at once as they are written.
 */
async function refuseUnusedImports(request: BundleRequest): Promise<void> {
  await build({
    stdin: { contents: request.source, sourcefile: shownFileName(request.fileName), loader: request.kind },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    logLevel: 'silent',
    plugins: [importSurvey(request)],
  }).catch((error: unknown) => {
    throw isBuildFailure(error) ? bundleError(error.errors, request) : error
  })
}

/** `@weir/sdk`, as the names that the surrounding process offers. Names that a job does not use leave no trace. */
function sdkModule(exports: readonly string[]): Plugin {
  const lines = exports
    .filter(name => name !== 'default')
    .map(name => `export const ${name} = /* @__PURE__ */ fromSdk(${JSON.stringify(name)})`)
  const contents = [
    `const fromSdk = name => globalThis[Symbol.for(${JSON.stringify(Symbol.keyFor(SDK))})][name]`,
    ...lines,
  ].join('\n')
  return {
    name: 'weir-sdk',
    setup(setup) {
      setup.onResolve({ filter: /^@weir\/sdk$/ }, args =>
        args.kind === 'import-statement' ? { path: '@weir/sdk', namespace: 'weir-sdk', sideEffects: false } : undefined,
      )
      setup.onLoad({ filter: /.*/, namespace: 'weir-sdk' }, () => ({ contents, loader: 'js' }))
    },
  }
}

function functionModules(modules: ReadonlyMap<string, string> = new Map()): Plugin {
  return {
    name: 'weir-functions',
    setup(setup) {
      setup.onResolve({ filter: /.*/ }, args =>
        modules.has(args.path) && args.kind === 'import-statement'
          ? { path: args.path, namespace: 'weir-function' }
          : undefined,
      )
      setup.onLoad({ filter: /.*/, namespace: 'weir-function' }, args => ({
        contents: modules.get(args.path) ?? '',
        loader: 'ts',
      }))
    },
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}

function bundleError(errors: readonly Message[], request: BundleRequest): WeirError {
  const imports = errors.filter(error => isImportError(error))
  if (imports.length > 0) {
    return problemsError(
      'JOB_IMPORT',
      imports.map(error => withAdvice(problemOf(error), request.sdkExports)),
    )
  }
  return problemsError('JOB_SYNTAX', errors.map(problemOf), 'correct the file there and give it again')
}

/** Refused by import-rules.ts, or a name that a module does not export. */
function isImportError(error: Message): boolean {
  return (
    error.pluginName === 'weir-imports' ||
    /^(No matching export in|Could not resolve|Import ".*" will always be undefined)/.test(error.text)
  )
}

/** What the bundler says, with what to do. */
function withAdvice(problem: Problem, sdkExports: readonly string[]): Problem {
  const lost = /^Could not resolve "(.*)"$/.exec(problem.message)?.[1]
  if (lost !== undefined) {
    const message = /^[./]/.test(lost)
      ? `there is no file "${lost}" beside this one; check the path, which ends like the file's name`
      : `there is no package "${lost}" in the project; correct its name, or install it there with npm install`
    return { ...problem, message }
  }
  const missing = (/^No matching export in "weir-sdk:@weir\/sdk" for import "(.*)"$/.exec(problem.message) ??
    /^Import "(.*)" will always be undefined because there is no matching export in "weir-sdk:/.exec(
      problem.message,
    ))?.[1]
  if (missing === undefined) return problem
  const hint = didYouMean(missing, sdkExports) || '; look for its name in the documentation of the API'
  return { ...problem, message: `@weir/sdk exports no "${missing}"${hint}` }
}

function problemOf(message: Message): Problem {
  const location = message.location
  if (location === null) return { message: message.text }
  const column = Buffer.from(location.lineText, 'utf8').subarray(0, location.column).toString('utf8').length
  return {
    message: message.text,
    ...functionPlace({ file: location.file.replace(/^[a-z-]+:/, ''), line: location.line, column }),
  }
}
