import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * What the slow files take by themselves, about, in seconds. On a fresh clone nothing else says it: by their size the
 * suite in the browser and the minute and a half of flow control come last, where one worker does them alone.
 */
export const SECONDS: Readonly<Record<string, number>> = {
  'e2e/web/web-app.test.ts': 130,
  'e2e/flow-control.test.ts': 110,
  'e2e/bad-input-local.test.ts': 70,
  'e2e/main-job.test.ts': 60,
  'e2e/start.test.ts': 45,
  'e2e/faults.test.ts': 55,
  'e2e/examples.test.ts': 40,
  'e2e/flow-topologies.test.ts': 35,
  'e2e/message-limit.test.ts': 30,
  'apps/jobmanager/src/store/lifecycle.integration.test.ts': 60,
  'apps/cli/test/local-commands.integration.test.ts': 50,
  'packages/engine/src/task/operator-cases.test.ts': 40,
  'bench/nexmark/queries.test.ts': 30,
  'packages/engine/src/task/two-input-cases.test.ts': 20,
  'packages/submission/src/sandbox.test.ts': 15,
}

/** The slow files first, longest first, so that all workers end at about the same time; then the rest as vitest has it. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = ({ moduleId }: TestSpecification): number => SECONDS[relative(this.ctx.config.root, moduleId)] ?? 0
    return (await super.sort(files)).toSorted((a, b) => seconds(b) - seconds(a))
  }
}
