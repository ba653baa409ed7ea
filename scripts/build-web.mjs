// Builds the web app: run in apps/web (`node ../../scripts/build-web.mjs`), by turbo or by hand.
//
//   app/, features/, …  → .next/          by `next build`, which reads nothing from the network and reports nothing to it
//   server/main.ts      → dist/main.js    the process that serves it
import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { buildApp } from './build-app.mjs'

const folder = process.cwd()

/** Runs Next's command line under this very Node. Rejects when it fails; it has said why by then. */
function nextBuild() {
  const next = createRequire(join(folder, 'package.json')).resolve('next/dist/bin/next')
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [next, 'build'], { cwd: folder, env, stdio: 'inherit' })
    child.on('error', reject)
    child.on('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`next build ended with ${signal ?? `exit code ${code}`}`)),
    )
  })
}

try {
  // Without these two, what an interrupted build leaves behind does not look like a finished one.
  await rm(join(folder, '.next', 'BUILD_ID'), { force: true })
  await rm(join(folder, 'dist'), { recursive: true, force: true })
  await nextBuild()
  await buildApp(folder, 'server')
} catch (error) {
  if (!(error instanceof Error && 'errors' in error))
    console.error(`error: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}
