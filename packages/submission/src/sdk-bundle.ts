import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { WeirError } from '@weir/engine/base/errors'
import { workerEntry } from '@weir/engine/base/worker-entry'
import { build, type Plugin } from 'esbuild'

/**
 * The script that a sandbox runs before the job: the SDK's API, in one text. It is made from `sandbox-sdk-worker` beside
 * this file (the source in the tree, the built file in an app), once in a process.
 */
export function sdkBundle(): Promise<string> {
  cached ??= bundleForSandbox(sdkEntry()).catch(error => {
    cached = undefined
    throw error
  })
  return cached
}

let cached: Promise<string> | undefined

function sdkEntry(): string {
  // Apps bundle each `*-worker.ts` into a file of its own beside their main file; hence the name of the entry.
  return fileURLToPath(workerEntry(import.meta.url, './sandbox-sdk-worker.ts'))
}

/** Bundles an entry that calls `installInSandbox`. */
export async function bundleForSandbox(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import', 'default'],
    target: 'es2023',
    minifySyntax: true,
    minifyWhitespace: true,
    treeShaking: true,
    logLevel: 'silent',
    plugins: [withoutPlatform],
  })
  const code = result.outputFiles[0]?.text
  if (code === undefined) throw new WeirError('INTERNAL', `bundling ${entry} for the sandbox gave no file`)
  return code
}

/**
 * Parts of the SDK that run jobs rather than describe them reach for the platform. In the sandbox nobody calls them, so
 * their imports lead to a module that says so to whoever does.
 */
const withoutPlatform: Plugin = {
  name: 'without-platform',
  setup(setup) {
    const absent = (path: string) => ({ path, namespace: 'absent', sideEffects: false })
    setup.onResolve({ filter: /^node:/ }, args => absent(args.path))
    setup.onResolve({ filter: /.*/ }, args => (args.kind === 'dynamic-import' ? absent(args.path) : undefined))
    // zod carries its messages in fifty languages, most of the script; parsing them would take longer than many a job.
    setup.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, args => ({
      contents: `export { default as en } from './en.js'`,
      resolveDir: dirname(args.path),
    }))
    setup.onLoad({ filter: /.*/, namespace: 'absent' }, args => ({
      contents: `
        const fail = () => { throw new Error(${JSON.stringify(`${args.path} is not there while a job builds its graph`)}) }
        module.exports = new Proxy(fail, { get: (_, name) => name === '__esModule' ? undefined : fail, apply: fail, construct: fail })`,
      loader: 'js',
    }))
  },
}
