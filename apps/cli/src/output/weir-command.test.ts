import { expect, test } from 'vitest'
import { folderOfCaller, weirCommand } from './weir-command.ts'

test.each([
  ['/home/ada/weir', './weir'],
  ['/home/ada', './weir/weir'],
  ['/home/ada/my-job', '../weir/weir'],
  ['/home/ada/weir/examples', '../weir'],
  ['/srv/data/jobs/of/ada', '/home/ada/weir/weir'],
])('somebody in %s types %s', (folder, command) => {
  expect(weirCommand('/home/ada/weir', folder)).toBe(command)
})

test('a path with blanks is quoted', () => {
  expect(weirCommand("/home/ada's clones/weir", '/')).toBe(`'./home/ada'\\''s clones/weir/weir'`)
})

test('under npm the folder is the one where npm was called', () => {
  const env = { INIT_CWD: '/home/ada/my-job/src' }
  expect(folderOfCaller(env, '/home/ada/my-job')).toBe('/home/ada/my-job')
  expect(folderOfCaller({ ...env, npm_lifecycle_event: 'deploy' }, '/home/ada/my-job')).toBe('/home/ada/my-job/src')
})
