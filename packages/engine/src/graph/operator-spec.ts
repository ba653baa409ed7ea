import type { z } from 'zod'

/**
 * What there is to know about one type of operator or connector, written once: validation, the form in the editor and
 * the page in the documentation all come from it.
 */
export interface OperatorSpec {
  /** The `type` of a node, e.g. `map`, `window`, `fileSource`. */
  readonly type: string
  readonly kind: 'source' | 'transform' | 'sink'
  readonly title: string
  /** One or two sentences in plain words. */
  readonly help: string
  /** Number of inputs: 0 for sources, 1, or 2. */
  readonly inputs: 0 | 1 | 2
  /** Whether every input has to be keyed (a `hash` edge with a key selector), but for `broadcastInput`. */
  readonly keyed: boolean
  /** The input whose records every subtask has to get (`broadcast` edges). */
  readonly broadcastInput?: 1
  /** Whether the node must run with parallelism 1 (e.g. a source over a collection). */
  readonly parallelism?: 1
  readonly config: z.ZodType
  /**
   * Config fields that hold functions (in the graph: their source text, or an object of texts for an aggregator), with
   * whether they have to be there.
   */
  readonly functions: Readonly<Record<string, 'required' | 'optional'>>
}

/** All types that a graph may use. Engine and connectors each give their own; the caller of `validate` joins them. */
export type SpecRegistry = ReadonlyMap<string, OperatorSpec>

export function specRegistry(...lists: readonly (readonly OperatorSpec[])[]): SpecRegistry {
  return new Map(lists.flat().map(spec => [spec.type, spec]))
}
