import type { Ts, TsChecker, TsDiagnostic, TsNode, TsProgram, TsSourceFile } from './compiler.ts'
import { type RecordType, recordTypeOf, typeText } from './record-type.ts'

/** Where the JobManager saw an operator being made; line and column count from 1. */
export interface OperatorPlace {
  readonly uid: string
  readonly line: number
  readonly column: number
}

/** What the source says of one operator. Offsets are of the text that the worker had. */
export interface OperatorCall {
  readonly uid: string
  /**
   * The part of the text that is this operator: from where the operator before it ends (so with its `keyBy` and
   * `window`) to the end of its own settings.
   */
  readonly start: number
  readonly end: number
  /** The method's name: where the caret goes when the operator is chosen. */
  readonly nameStart: number
  readonly nameEnd: number
  /** The records that it gives; null for sinks, and where the type is not that of a stream. */
  readonly output: RecordType | null
  /** The records of the stream that it was called on. */
  readonly input: RecordType | null
  /** The key's type, where the stream is keyed. */
  readonly key: string | null
  /** Offset of the first type error in its part; null where there is none. */
  readonly errorAt: number | null
}

const SETTINGS: ReadonlySet<string> = new Set([
  'name',
  'uid',
  'setParallelism',
  'startNewChain',
  'disableChaining',
  'slotSharingGroup',
])

/** Finds the calls that made the operators, by their places, and asks the type checker about them. */
export function operatorCalls(
  ts: Ts,
  program: TsProgram,
  fileName: string,
  places: readonly OperatorPlace[],
  diagnostics: readonly TsDiagnostic[],
): readonly OperatorCall[] {
  const file = program.getSourceFile(fileName)
  if (file === undefined) return []
  const reader = new CallReader(ts, program.getTypeChecker(), file)
  const calls = new Map<string, TsNode>()
  const starts = lineStarts(file.text)
  for (const { uid, line, column } of places) {
    const start = starts[line - 1]
    const call = start === undefined ? undefined : reader.callAt(start + column - 1)
    if (call !== undefined) calls.set(uid, call)
  }
  const operators = new Set(calls.values())
  const errors = diagnostics.filter(one => one.category === ERROR && one.start !== undefined)
  return [...calls].map(([uid, call]) => reader.describe(uid, call, operators, errors))
}

const ERROR = 1

class CallReader {
  readonly #ts: Ts
  readonly #checker: TsChecker
  readonly #file: TsSourceFile

  constructor(ts: Ts, checker: TsChecker, file: TsSourceFile) {
    this.#ts = ts
    this.#checker = checker
    this.#file = file
  }

  /** The call whose name stands at the offset, else the innermost one around it. */
  callAt(offset: number): TsNode | undefined {
    let node: TsNode = this.#file
    for (;;) {
      const inner: TsNode | undefined = node.forEachChild(child =>
        child.getStart(this.#file) <= offset && offset < child.getEnd() ? child : undefined,
      )
      if (inner === undefined) break
      node = inner
    }
    const access = node.parent
    if (access !== undefined && this.#ts.isPropertyAccessExpression(access) && access.name === node) {
      if (access.parent !== undefined && this.#isCallOf(access.parent, access)) return access.parent
    }
    for (let up: TsNode | undefined = node; up !== undefined; up = up.parent) {
      if (this.#ts.isCallExpression(up)) return up
    }
    return undefined
  }

  describe(uid: string, call: TsNode, operators: ReadonlySet<TsNode>, errors: readonly TsDiagnostic[]): OperatorCall {
    const name = this.#method(call)?.name ?? call.expression ?? call
    const end = this.#withSettings(call).getEnd()
    const { start, streams } = this.#downwards(call, operators)
    const input = streams.map(node => this.#recordType(node)).find(type => type !== null) ?? null
    const inPart = errors.find(({ start: at = 0, length = 0 }) => at < end && at + length > start)
    return {
      uid,
      start,
      end,
      nameStart: name.getStart(this.#file),
      nameEnd: name.getEnd(),
      output: this.#recordType(call),
      input,
      key: streams.map(node => this.#keyType(node)).find(type => type !== null) ?? null,
      errorAt: inPart?.start ?? null,
    }
  }

  /** From the call back to where the operator before it ends; on the way, what it was called on, outermost first. */
  #downwards(call: TsNode, operators: ReadonlySet<TsNode>): { start: number; streams: readonly TsNode[] } {
    const streams: TsNode[] = []
    const receiver = this.#method(call)?.receiver
    if (receiver === undefined) return { start: call.getStart(this.#file), streams }
    let node: TsNode = receiver
    for (;;) {
      streams.push(node)
      if (operators.has(this.#withoutSettings(node))) return { start: node.getEnd(), streams }
      const below: TsNode | undefined = this.#method(node)?.receiver
      if (below === undefined) return { start: node.getStart(this.#file), streams }
      node = below
    }
  }

  #withSettings(call: TsNode): TsNode {
    let node = call
    for (;;) {
      const access = node.parent
      const outer = access?.parent
      if (access === undefined || outer === undefined || !this.#isCallOf(outer, access)) return node
      if (access.expression !== node || !SETTINGS.has(access.name?.text ?? '')) return node
      node = outer
    }
  }

  #withoutSettings(node: TsNode): TsNode {
    let inner = node
    for (;;) {
      const method = this.#method(inner)
      if (method === undefined || !SETTINGS.has(method.name.text ?? '')) return inner
      inner = method.receiver
    }
  }

  /** The parts of a call `receiver.name(…)`. */
  #method(node: TsNode): { receiver: TsNode; name: TsNode } | undefined {
    if (!this.#ts.isCallExpression(node)) return undefined
    const access = node.expression
    if (access === undefined || !this.#ts.isPropertyAccessExpression(access)) return undefined
    return access.expression && access.name ? { receiver: access.expression, name: access.name } : undefined
  }

  #isCallOf(node: TsNode, callee: TsNode): boolean {
    return this.#ts.isCallExpression(node) && node.expression === callee
  }

  #recordType(node: TsNode): RecordType | null {
    const [record] = this.#streamArguments(node, STREAMS)
    return record === undefined ? null : recordTypeOf(this.#ts, this.#checker, record, node)
  }

  #keyType(node: TsNode): string | null {
    const [, key] = this.#streamArguments(node, KEYED)
    return key === undefined ? null : typeText(this.#ts, this.#checker, key)
  }

  #streamArguments(node: TsNode, names: ReadonlySet<string>) {
    const type = this.#checker.getTypeAtLocation(node)
    return names.has(type.symbol?.name ?? '') ? this.#checker.getTypeArguments(type) : []
  }
}

const STREAMS: ReadonlySet<string> = new Set(['DataStream', 'OperatorStream', 'KeyedStream'])
const KEYED: ReadonlySet<string> = new Set(['KeyedStream'])

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}
