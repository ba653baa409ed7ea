import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'

/**
 * Before the integration tests: the programs are built where they are missing or older than their source, since the tests
 * of the command line start the built one dozens of times, in half the time that its sources take to load.
 */
export default function buildCommandLine(): void {
  const script =
    "import { ensureBuilt } from './scripts/ensure-built.mjs'; import { Steps } from './scripts/steps.mjs'; " +
    'await ensureBuilt(new Steps())'
  execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: resolve(import.meta.dirname, '../../..'),
    stdio: ['ignore', 2, 2],
  })
}
