import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SETTINGS } from '@weir/process/settings-table'
import { expect, test } from 'vitest'

// A variable that is accepted and then changes nothing is a lie told to whoever sets it: either some process reads the
// setting, or its row in the table says why it has no effect, and the process warns at start.

const root = join(import.meta.dirname, '..')
const sources = globSync(['{packages,apps}/*/src/**/*.{ts,tsx}', 'apps/web/{server,lib}/**/*.ts'], { cwd: root })
  .filter(file => !/\.test\.ts$|\/generated\/|packages\/process\/src\/settings/.test(file))
  .map(file => readFileSync(join(root, file), 'utf8'))

/** Whether some code names the property: `settings.taskSlots`, or `{ taskSlots }` taken out of the settings. */
function isRead(name: string): boolean {
  const pattern = new RegExp(
    `settings\\)?\\??\\.${name}\\b|\\{[^{}]*\\b${name}\\b[^{}]*\\} = (this\\.)?[\\w.#]*(settings|options)`,
  )
  return sources.some(source => pattern.test(source))
}

test('every setting is read by a process, or says why it has no effect', () => {
  const unread = Object.entries(SETTINGS)
    .filter(([name, row]) => !('withoutEffect' in row) && !isRead(name))
    .map(([, row]) => row.variable)
  expect(unread).toEqual([])
})
