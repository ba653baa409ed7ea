import { DEFAULT_BACKOFF } from '@weir/control/job/restart-policy'
import { durationWords } from '@weir/control/verdict/words'
import { executionGraph } from '@weir/engine/graph/execution-graph'
import type { CheckpointingConfig, JobGraph, RestartStrategy } from '@weir/engine/graph/job-graph'
import type { JobConfigView, RestartView } from '@weir/proto/web/job-details'
import { sentenceCase } from '@weir/proto/web/sentence-case'
import { missingFeatures } from '@weir/submission/missing-features'
import type { JobRecord, JobVersionRecord } from '../store/records.ts'
import { count, shortDuration } from './operator-detail.ts'
import { withoutSecrets } from './without-secrets.ts'

/** How a job is set up, in words. */
export function jobConfigView(
  job: Pick<JobRecord, 'id' | 'name' | 'owner'>,
  version: Pick<JobVersionRecord, 'fileName' | 'graph' | 'graphHash'>,
): JobConfigView {
  const { graph, graphHash, fileName } = version
  return {
    jobId: job.id,
    name: job.name,
    fileName,
    graphHash,
    settings: settingsOf(graph, job.owner),
    restart: restartView(graph.restart),
    operators: graph.nodes.map(({ uid, name, type, config, watermarks, chaining, slotSharingGroup }) => ({
      uid,
      name,
      type,
      config: JSON.stringify(withoutSecrets({ ...config, watermarks, chaining, slotSharingGroup }), null, 2),
    })),
  }
}

function settingsOf(graph: JobGraph, owner: string | null): Record<string, string> {
  const notes = missingFeatures(graph)
  return {
    Parallelism: String(graph.parallelism),
    'Max parallelism': `${count(graph.maxParallelism)} key groups`,
    Slots: count(executionGraph(graph).slotCount),
    'State backend': graph.stateBackend ?? 'the cluster’s',
    Checkpointing: checkpointingWords(graph.checkpointing),
    ...(notes.length === 0 ? {} : { 'Not in this version': notes.map(note => `${sentenceCase(note)}.`).join(' ') }),
    ...(owner === null ? {} : { 'Submitted by': owner }),
  }
}

/** What happens after a failure: the strategy by name, and what it is set to. */
export function restartView(strategy: RestartStrategy | undefined): RestartView {
  if (strategy === undefined) {
    const { initialMs, maxMs } = DEFAULT_BACKOFF
    return {
      name: 'Default',
      settings: {
        'Platform faults': 'restart, without limit',
        Delay: `${durationWords(initialMs)} to ${durationWords(maxMs)}`,
        'Errors in the code': 'end the job',
      },
    }
  }
  switch (strategy.type) {
    case 'none':
      return { name: 'None', settings: { 'Any failure': 'ends the job' } }
    case 'fixed-delay':
      return {
        name: 'Fixed delay',
        settings: { Attempts: count(strategy.attempts), Delay: shortDuration(strategy.delayMs) },
      }
    case 'exponential-delay':
      return {
        name: 'Exponential delay',
        settings: {
          Attempts: 'without limit',
          'First delay': durationWords(strategy.initialMs),
          'Then each time': `${count(strategy.multiplier)} times as long`,
          'Longest delay': durationWords(strategy.maxMs),
          ...(strategy.resetAfterMs > 0 ? { 'Resets after': shortDuration(strategy.resetAfterMs) } : {}),
        },
      }
    case 'failure-rate':
      return {
        name: 'Failure rate',
        settings: {
          Attempts: `up to ${countOf(strategy.failures, 'failure')} within ${shortDuration(strategy.intervalMs)}`,
          Delay: shortDuration(strategy.delayMs),
        },
      }
  }
}

function countOf(value: number, noun: string): string {
  return `${count(value)} ${value === 1 ? noun : `${noun}s`}`
}

function checkpointingWords(checkpointing: CheckpointingConfig | undefined): string {
  if (checkpointing === undefined) return 'off'
  const { intervalMs, mode, unaligned } = checkpointing
  const how = mode === 'exactly-once' ? 'exactly once' : 'at least once'
  return `every ${shortDuration(intervalMs)}, ${how}${unaligned === true ? ', unaligned' : ''}`
}
