import type { SourceDescriptor } from '@weir/engine/api/connectors'
import { functionText } from '@weir/engine/api/function-text'
import { WeirError } from '@weir/engine/base/errors'
import { checkOptions } from '../check-options.ts'

/** One part of the input of a custom source: part `index` of `count`. */
export interface CustomSplit<Position> {
  readonly index: number
  readonly count: number
  /** What `position()` of an earlier reader of this split gave; undefined for a split that is read from its beginning. */
  readonly position: Position | undefined
}

/** Where a reader puts the records of its split. */
export interface CustomSourceOutput<T> {
  /** While true, `poll` should return: what is collected all the same waits in memory. Look after every record. */
  readonly blocked: boolean
  /** `timestamp`: event time in ms since the epoch, for a source that knows it; a timestamp assigner sees it too. */
  collect(value: T, timestamp?: number): void
}

/** What a reader learns about where it runs. */
export interface CustomSourceContext {
  readonly subtask: number
  readonly parallelism: number
  /** Counts from 0 for each restart of the job. */
  readonly attempt: number
  /** To be called when `poll` answered "nothing" and may give something again, from any callback. */
  readonly wakeUp: () => void
}

/** Reads one split. All calls come from one thread, one at a time. */
export interface CustomSplitReader<T, Position> {
  /**
   * Collects records until the output is blocked, or some hundred are through, or nothing is at hand. It does not wait:
   * what takes time happens in callbacks, between polls.
   * - `emitted`: it is called again soon.
   * - `nothing`: it is called again after `wakeUp()`.
   * - `finished`: the split is read to its end; it is not called again.
   */
  poll(output: CustomSourceOutput<T>): 'emitted' | 'nothing' | 'finished'
  /** Where to go on after the last collected record, as plain data. */
  position(): Position
  /** When the split is finished, or the job ends, whatever the reason. */
  close?(): void
}

export interface CustomSourceOptions<T, Position> {
  /** How many parts the input has. Default: as many as the source has subtasks when the job starts. */
  readonly splits?: number
  /** Whether every split comes to its end by itself. Default true. */
  readonly bounded?: boolean
  /** Begins to read a split; it is called in the subtask that reads it. */
  readonly open: (split: CustomSplit<Position>, context: CustomSourceContext) => CustomSplitReader<T, Position>
}

/**
 * A source that the job brings itself. Its input is divided into numbered splits, which the readers of all subtasks are
 * given one after the other, in their order; each split is read by one reader, from its position on.
 */
export function customSource<T, Position = unknown>(options: CustomSourceOptions<T, Position>): SourceDescriptor<T> {
  const { splits, bounded, open } = checkOptions('customSource', options, '{ open: split => reader }')
  if (typeof open !== 'function') {
    throw new WeirError(
      'CONNECTOR_CONFIG',
      'customSource(): "open" has to be a function that gives a reader for a split, e.g. split => new MyReader(split)',
    )
  }
  return {
    kind: 'source',
    type: 'customSource',
    config: {
      ...(splits === undefined ? {} : { splits }),
      ...(bounded === undefined ? {} : { bounded }),
      open: functionText(open),
    },
    functions: { open },
  }
}
