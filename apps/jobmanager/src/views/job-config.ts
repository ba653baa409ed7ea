import { durationWords } from '@weir/control/verdict/words'
import { executionGraph } from '@weir/engine/graph/execution-graph'
import type { CheckpointingConfig, JobGraph, RestartStrategy } from '@weir/engine/graph/job-graph'
import type { JobConfigView } from '@weir/proto/web/job-details'
import { sentenceCase } from '@weir/proto/web/sentence-case'
import { missingFeatures } from '@weir/submission/missing-features'
import type { JobRecord, JobVersionRecord } from '../store/records.ts'
import { count, shortDuration } from './operator-detail.ts'

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
    operators: graph.nodes.map(({ uid, name, type, config, watermarks, chaining, slotSharingGroup }) => ({
      uid,
      name,
      type,
      config: JSON.stringify({ ...config, watermarks, chaining, slotSharingGroup }, null, 2),
    })),
  }
}

function settingsOf(graph: JobGraph, owner: string | null): Record<string, string> {
  const notes = missingFeatures(graph)
  return {
    Parallelism: String(graph.parallelism),
    'Max parallelism': `${count(graph.maxParallelism)} key groups`,
    Slots: count(executionGraph(graph).slotCount),
    'Restart strategy': restartWords(graph.restart),
    'State backend': graph.stateBackend ?? 'the cluster’s',
    Checkpointing: checkpointingWords(graph.checkpointing),
    ...(notes.length === 0 ? {} : { 'Not in this version': notes.map(note => `${sentenceCase(note)}.`).join(' ') }),
    ...(owner === null ? {} : { 'Submitted by': owner }),
  }
}

export function restartWords(strategy: RestartStrategy | undefined): string {
  if (strategy === undefined) {
    return 'default: after faults of the platform without limit, after 0.1 s to 10 s; an error of the job’s own code fails it'
  }
  switch (strategy.type) {
    case 'none':
      return 'none: the first failure ends the job'
    case 'fixed-delay':
      return `up to ${count(strategy.attempts)} ${strategy.attempts === 1 ? 'restart' : 'restarts'}, ${shortDuration(strategy.delayMs)} after each failure`
    case 'exponential-delay':
      return `without limit, ${durationWords(strategy.initialMs)} after the first failure, ${count(strategy.multiplier)} times as long after each further one, at most ${durationWords(strategy.maxMs)}`
    case 'failure-rate':
      return `up to ${count(strategy.failures)} failures within ${shortDuration(strategy.intervalMs)}, ${shortDuration(strategy.delayMs)} after each`
  }
}

function checkpointingWords(checkpointing: CheckpointingConfig | undefined): string {
  if (checkpointing === undefined) return 'off'
  const { intervalMs, mode, unaligned } = checkpointing
  const how = mode === 'exactly-once' ? 'exactly once' : 'at least once'
  return `every ${shortDuration(intervalMs)}, ${how}${unaligned === true ? ', unaligned' : ''}`
}
