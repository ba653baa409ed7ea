import { expect, test } from 'vitest'
import { shownPath } from './shown-path.ts'

test.each([
  ['/home/ada/weir/.weir/logs', '.weir/logs'],
  ['/home/ada/weir', '.'],
  ['/home/ada/weir/..data', '..data'],
  ['/tmp/weir/logs', '/tmp/weir/logs'],
  ['/home/ada/weir-2', '/home/ada/weir-2'],
  ['/home/ada', '/home/ada'],
])('%s is shown as %s to somebody in /home/ada/weir', (path, shown) => {
  expect(shownPath(path, '/home/ada/weir')).toBe(shown)
})
