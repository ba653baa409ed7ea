import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { skipWithoutChromium } from '../support/browser.ts'
import { WebWorld } from '../support/web-world.ts'
import { code } from './code.ts'
import { firstJob } from './first-job.ts'
import { keyboard } from './keyboard.ts'
import { loggingIn } from './log-in.ts'
import { lostProcesses } from './lost-processes.ts'
import { pages } from './pages.ts'
import { palette } from './palette.ts'
import { sessions } from './sessions.ts'
import { troubledJobs } from './troubled-jobs.ts'

// One cluster for all: the parts run in this order, from a cluster on which nothing has run yet on.
describe.skipIf(skipWithoutChromium('the web app in a browser'))('the web app in a browser', () => {
  const world = new WebWorld()
  beforeAll(() => world.start())
  afterEach(({ task }) => world.afterEach(task.result?.state === 'fail' ? task.name : null))
  afterAll(() => world.stop())

  describe('logging in', () => loggingIn(world))
  describe('a first job', () => firstJob(world))
  describe('the code of a pipeline', () => code(world))
  describe('the keyboard alone', () => keyboard(world))
  describe('the command palette', () => palette(world))
  describe('a session', () => sessions(world))
  describe('a job in trouble', () => troubledJobs(world))
  describe('the page', () => pages(world))
  describe('a process that dies', () => lostProcesses(world))
})
