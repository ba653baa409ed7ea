// Bundles one app: run in the app's folder (`node ../../scripts/build-app.mjs`), by turbo or by hand.
//
//   src/main.ts          → dist/main.js (the web app's is in server/)
//   src/**/*-worker.ts   → dist/<name>-worker.js, flat beside it; the same for the workers of every package of the
//                          repository that the app takes in, so `new URL('./x-worker.js', import.meta.url)` finds them.
//
// What comes from node_modules stays outside (native parts and their own dynamic loading keep working); everything of
// this repository (@weir/*, generated/) goes in. The output is ESM for the pinned Node, with linked source maps.

import { existsSync, realpathSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** Bare imports stay imports, but those of this repository's packages. */
const externalButOurs = {
  name: 'external-but-ours',
  setup(setup) {
    setup.onResolve({ filter: /^[^./]/ }, args => {
      if (args.kind === 'entry-point' || args.path.startsWith('@weir/')) return undefined
      return { path: args.path, external: true }
    })
  },
}

/** All files below a folder whose name ends with `-worker.ts`. */
async function workersBelow(folder) {
  if (!existsSync(folder)) return []
  const entries = await readdir(folder, { recursive: true })
  return entries
    .filter(entry => entry.endsWith('-worker.ts') && !/(^|[\\/])(node_modules|testing)[\\/]/.test(entry))
    .map(entry => join(folder, entry))
}

/** The `src` folders of this repository's packages that a build read. */
function packagesIn(metafile, appFolder) {
  const folders = new Set()
  for (const input of Object.keys(metafile.inputs)) {
    const path = relative(root, resolve(appFolder, input)).split(sep)
    if (path[0] === 'packages') folders.add(join(root, 'packages', path[1], 'src'))
  }
  return folders
}

/**
 * Builds one app and gives back the names of the files it wrote to its `dist`.
 * Throws where there is no `main.ts` in its source folder, or two workers have one name.
 */
export async function buildApp(appFolder, sourceFolder = 'src') {
  const main = join(appFolder, sourceFolder, 'main.ts')
  const shown = relative(root, appFolder) || appFolder
  if (!existsSync(main)) throw new Error(`${shown} has no ${sourceFolder}/main.ts: there is nothing to build`)
  const dist = join(appFolder, 'dist')
  await mkdir(dist, { recursive: true })

  const entries = new Map([['main', main]])
  const addEntries = paths => {
    const added = []
    for (const path of paths) {
      const name = basename(path, '.ts')
      const taken = entries.get(name)
      if (taken === path) continue
      if (taken !== undefined) {
        throw new Error(
          `${shown}: ${relative(root, taken)} and ${relative(root, path)} would both be dist/${name}.js; rename one`,
        )
      }
      entries.set(name, path)
      added.push(path)
    }
    return added
  }

  // A worker may take in packages that the main entry does not, and these may have workers again: until none is new.
  let pending = [main, ...addEntries(await workersBelow(join(appFolder, sourceFolder)))]
  const searched = new Set()
  while (pending.length > 0) {
    const result = await build({
      absWorkingDir: appFolder,
      entryPoints: Object.fromEntries(pending.map(path => [basename(path, '.ts'), path])),
      outdir: dist,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      sourcemap: 'linked',
      plugins: [externalButOurs],
      metafile: true,
      logLevel: 'warning',
    })
    pending = []
    for (const folder of packagesIn(result.metafile, appFolder)) {
      if (searched.has(folder)) continue
      searched.add(folder)
      pending.push(...addEntries(await workersBelow(folder)))
    }
  }

  const written = new Set([...entries.keys()].flatMap(name => [`${name}.js`, `${name}.js.map`]))
  for (const file of await readdir(dist)) {
    if (!written.has(file)) await rm(join(dist, file), { recursive: true })
  }
  return [...written]
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await buildApp(process.cwd())
  } catch (error) {
    // esbuild has printed its own errors already.
    if (!(error instanceof Error && 'errors' in error))
      console.error(`error: ${error instanceof Error ? error.message : error}`)
    process.exit(1)
  }
}
