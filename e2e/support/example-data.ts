import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { node, root } from './cluster.ts'

/** Makes the examples' input from npm packages, where that was not done yet; answers its folder. */
export function prepareExampleData(): string {
  execFileSync(node, [join(root, 'examples/prepare-data.mjs')], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  return join(root, 'data')
}
