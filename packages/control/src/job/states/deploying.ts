import { WeirError } from '@weir/engine/base/errors'
import { parallelismOf } from '@weir/engine/graph/execution-graph'
import type { JobNode } from '@weir/engine/graph/job-graph'
import { SplitEnumerator } from '../../sources/split-enumerator.ts'
import type { AttemptRun } from '../attempt-run.ts'
import type { JobContext } from '../job-context.ts'
import type { JobFault } from '../job-effect.ts'
import type { EventOf, JobEvent } from '../job-event.ts'
import type { StateOf } from '../job-state.ts'
import type { Next } from '../transitions.ts'
import { assignSplits } from './assign-splits.ts'
import { beginEnding } from './ending.ts'
import { failAttempt, lostError } from './fail-attempt.ts'

/** Slots are there: finds the splits first, so that a missing input costs no worker. */
export function deploy(run: AttemptRun, cause: JobFault | null, context: JobContext): StateOf<'deploying'> {
  const { attempt } = run
  context.emit({ type: 'attempt-started', attempt, atMs: context.at.wallMs })
  const names = run.taskManagers().map(taskManager => taskManager.id)
  const count = run.slots.length
  context.history('DEPLOYING', `attempt ${attempt}: ${count} ${count === 1 ? 'slot' : 'slots'} on ${names.join(', ')}`)
  const sources = sourcesOf(context)
  for (const source of sources) {
    const parallelism = parallelismOf(context.graph.job, source)
    context.emit({ type: 'discover-splits', attempt, operator: source.uid, parallelism })
  }
  const timer = context.timer(context.timings.deployTimeoutMs)
  const undiscovered = new Set(sources.map(source => source.uid))
  if (undiscovered.size === 0) makeWorkers(run, context)
  return { name: 'deploying', run, undiscovered, timer, cause }
}

export function deploying(state: StateOf<'deploying'>, event: JobEvent, context: JobContext): Next<'deploying'> {
  const { run } = state
  switch (event.type) {
    case 'splits-discovered':
      return discovered(state, event, context)
    case 'slot-deployed':
      run.deployed(event.slot)
      return run.allDeployed ? start(state, context) : state
    case 'splits-failed':
      return failed(state, event.error, context)
    case 'deploy-refused':
      run.releasedAllOn(event.taskManager)
      return failed(state, event.error, context)
    case 'command-failed':
      return failed(state, event.error, context)
    case 'slot-failed':
      run.failedSlot = event.slot
      return failed(state, event.error, context)
    case 'slot-released':
      run.released(event.slot)
      return failed(state, endedUnasked(run, event.slot), context)
    case 'task-manager-lost':
      if (!run.uses(event.taskManager)) return state
      run.releasedAllOn(event.taskManager)
      return failed(state, lostError(event.taskManager, event.why), context)
    case 'timer':
      if (event.timer !== state.timer) break
      return failAttempt(run, timedOut(state, context), context)
    case 'cancel-requested':
      context.emit({ type: 'cancel-timer', timer: state.timer })
      return { name: 'cancelling', ending: beginEnding(run, context.timings.cancelGraceMs, context) }
    case 'split-requested':
      // A reader that asks early gets its first split with the start.
      return state
    default:
      break
  }
  context.ignored(event.type === 'timer' ? 'stale-timer' : 'not-expected')
  return state
}

/** A slot that ends although nobody asked it to. */
export function endedUnasked(run: AttemptRun, slot: number): WeirError {
  const where = run.slots[slot]?.taskManager.id
  return new WeirError('PROTOCOL', `slot ${slot} of the job on ${where} ended without being asked to`)
}

/** Nodes without an input. */
function sourcesOf(context: JobContext): JobNode[] {
  const { nodes, edges } = context.graph.job
  const fed = new Set(edges.map(edge => edge.to))
  return nodes.filter(node => !fed.has(node.uid))
}

function discovered(
  state: StateOf<'deploying'>,
  event: EventOf<'splits-discovered'>,
  context: JobContext,
): StateOf<'deploying'> {
  if (!state.undiscovered.has(event.operator)) {
    context.ignored('not-expected')
    return state
  }
  const source = context.graph.job.nodes.find(node => node.uid === event.operator)!
  const parallelism = parallelismOf(context.graph.job, source)
  state.run.enumerators.set(event.operator, new SplitEnumerator(event.splits, parallelism))
  const undiscovered = new Set([...state.undiscovered].filter(uid => uid !== event.operator))
  if (undiscovered.size === 0) makeWorkers(state.run, context)
  return { ...state, undiscovered }
}

function makeWorkers(run: AttemptRun, context: JobContext): void {
  run.deploySent()
  for (const taskManager of run.taskManagers()) {
    context.emit({ type: 'deploy', attempt: run.attempt, taskManager, slots: run.slots })
  }
}

/** Every slot is deployed. The first splits arrive before the start, so that no reader has to guess what is unread. */
function start(state: StateOf<'deploying'>, context: JobContext): StateOf<'running'> {
  const { run } = state
  context.emit({ type: 'cancel-timer', timer: state.timer })
  for (const [operator, enumerator] of run.enumerators) assignSplits(run, operator, enumerator.start(), context)
  for (const taskManager of run.taskManagers()) {
    context.emit({ type: 'start-slots', attempt: run.attempt, taskManager })
  }
  context.started()
  context.history('RUNNING', `attempt ${run.attempt} has started`)
  return { name: 'running', run, stuck: new Map() }
}

function failed(state: StateOf<'deploying'>, error: WeirError, context: JobContext): Next<'deploying'> {
  context.emit({ type: 'cancel-timer', timer: state.timer })
  return failAttempt(state.run, error, context)
}

function timedOut(state: StateOf<'deploying'>, context: JobContext): WeirError {
  const seconds = Math.round(context.timings.deployTimeoutMs / 1000)
  if (state.undiscovered.size > 0) {
    const sources = [...state.undiscovered].join(', ')
    return new WeirError('CONNECTION_LOST', `the input of ${sources} could not be listed within ${seconds} s`)
  }
  const missing = state.run.slots.filter(({ slot }) => !state.run.isDeployed(slot))
  const names = missing.map(({ slot, taskManager }) => `slot ${slot} on ${taskManager.id}`)
  return new WeirError('CONNECTION_LOST', `${names.join(', ')} did not get ready within ${seconds} s`)
}
