import type { Verdict } from '@weir/proto/web/job-doc'
import {
  canceled,
  cancelling,
  failed,
  failing,
  finished,
  finishing,
  noProgress,
  restarted,
  restarting,
  starting,
  waitingForSlots,
  withoutFigures,
} from './life-rules.ts'
import { bottleneck, noInput, runningWell, sourceIsLimit } from './load-rules.ts'
import type { JobFacts } from './verdict-facts.ts'

/**
 * How a job is and why, in one sentence. The rules are asked in order, what is worst first; `since` is null where the
 * facts of one moment do not tell it (see SinceMemory).
 */
export function verdictOf(facts: JobFacts): Verdict {
  switch (facts.status) {
    case 'CREATED':
      return waitingForSlots(facts) ?? starting(facts)
    case 'RUNNING':
      return verdictOfRunning(facts)
    case 'FAILING':
      return failing(facts)
    case 'FAILED':
      return failed(facts)
    case 'CANCELLING':
      return cancelling(facts)
    case 'CANCELED':
      return canceled(facts)
    case 'FINISHED':
      return finished(facts)
  }
}

function verdictOfRunning(facts: JobFacts): Verdict {
  if (facts.restarting) return restarting(facts)
  if (facts.committing) return finishing(facts)
  const stuck = noProgress(facts)
  if (stuck !== null) return stuck
  if (facts.vertices.every(({ busy, finished: done }) => busy === null && !done)) return withoutFigures(facts)
  return bottleneck(facts) ?? noInput(facts) ?? restarted(facts) ?? sourceIsLimit(facts) ?? runningWell(facts)
}
