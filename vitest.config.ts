import { defineConfig } from 'vitest/config'

/**
 * Three suites over one tree. `unit` sits beside the code; `integration` starts servers, workers or databases inside
 * one package; `e2e` starts real clusters of built processes and so runs one file at a time.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{apps,packages}/*/src/**/*.test.ts',
            'apps/web/{app,features,lib,server,ui}/**/*.test.{ts,tsx}',
            'scripts/**/*.test.ts',
            'test/**/*.test.ts',
          ],
          exclude: ['**/*.integration.test.ts', '**/node_modules/**'],
        },
      },
      {
        test: {
          name: 'integration',
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
          include: ['e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
