import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.ts'

/**
 * They promise an answer within 500 ms at any moment, or a start within 10 s, which other tests on the same cores would
 * keep them from.
 */
const TIMED = ['e2e/bad-input.test.ts', 'e2e/second-start.test.ts', 'e2e/user-code.test.ts']

const DATABASE_TEMPLATE = ['e2e/support/database-template.ts']

/**
 * Three suites over one tree. `unit` sits beside the code; `integration` starts servers, workers or databases inside
 * one package; `e2e` starts real clusters of built processes.
 */
export default defineConfig({
  test: {
    // One worker a core: tests mostly wait, for processes, timers and pages, but the promised deadlines need some air.
    maxWorkers: Math.max(2, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{apps,packages}/*/src/**/*.test.ts',
            'apps/web/{app,features,lib,server,ui}/**/*.test.{ts,tsx}',
            'bench/**/*.test.ts',
            'scripts/**/*.test.ts',
            'test/**/*.test.ts',
          ],
          exclude: ['**/*.integration.test.ts', '**/node_modules/**'],
          // The files of a worker share the modules that they import: loading them anew for each file took more than the
          // tests of most. So a test that changes what is global (timers, environment) puts it back.
          isolate: false,
          // Some run one operator through hundreds of schedules; a machine that does other things takes its time for that.
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'integration',
          globalSetup: ['apps/cli/test/build-command-line.ts'],
          include: [
            '{apps,packages}/*/{src,test}/**/*.integration.test.ts',
            'apps/web/server/**/*.integration.test.ts',
          ],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          globalSetup: DATABASE_TEMPLATE,
          include: ['e2e/**/*.test.ts'],
          exclude: TIMED,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e-timed',
          globalSetup: DATABASE_TEMPLATE,
          include: TIMED,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
