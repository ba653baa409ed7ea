import type { EdgeView, PipelineView } from '@weir/proto/web/pipeline'
import type { RecordType } from '../monaco/record-type.ts'

/** What is known of an operator's records, of all that `OperatorCall` says. */
export interface OperatorTypes {
  readonly output: RecordType | null
  readonly input: RecordType | null
  readonly key: string | null
  readonly errorAt: number | null
}

export interface EdgeType {
  /** Null where TypeScript does not know it. */
  readonly type: RecordType | null
  /** The key's type, where records are put together by key. */
  readonly key: string | null
  /** There is a type error in the part of the text that takes these records. */
  readonly bad: boolean
}

/**
 * What flows along each edge: the records that its beginning gives. Those of a side output are known by the stream that
 * its end was called on.
 */
export function edgeTypesOf(
  pipeline: PipelineView,
  operators: ReadonlyMap<string, OperatorTypes>,
): ReadonlyMap<string, EdgeType> {
  return new Map(pipeline.edges.map(edge => [edge.id, edgeType(edge, operators)]))
}

function edgeType(edge: EdgeView, operators: ReadonlyMap<string, OperatorTypes>): EdgeType {
  const from = operators.get(edge.from)
  const to = operators.get(edge.to)
  const type = edge.output === null ? (from?.output ?? to?.input ?? null) : (to?.input ?? null)
  return {
    type,
    key: edge.partitioner === 'hash' ? (to?.key ?? null) : null,
    bad: to !== undefined && to.errorAt !== null,
  }
}
