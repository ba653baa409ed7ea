import { type ErrorPlace, WeirError } from '@weir/engine/base/errors'
import type { JobGraph } from '@weir/engine/graph/job-graph'
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
  RELEASE_SYNC,
} from 'quickjs-emscripten'
import type { Bundle } from './bundle.ts'
import * as limits from './limits.ts'
import { parseGraph } from './parse-graph.ts'
import { SandboxErrors } from './sandbox-errors.ts'
import { type GuestAnswer, JOB_FILE, READ_JOB, SDK_FILE, WRITE_LINE } from './sandbox-protocol.ts'

export interface SandboxOptions {
  /** The script that lays out the SDK: `sdkBundle()`. */
  readonly sdkScript: string
  /** Shown in messages. */
  readonly fileName: string
  readonly timeLimitMs?: number
  readonly memoryPagesMax?: number
  /** Added to the clock that the job sees, ms: another value must not give another graph. */
  readonly clockShiftMs?: number
}

export interface SandboxResult {
  readonly graph: JobGraph
  /** Where each operator is described in the user's files, by uid; of JSON jobs, and of odd files, nothing is known. */
  readonly places: ReadonlyMap<string, ErrorPlace>
  /** What the module wrote to `console` while it built its graph. */
  readonly console: readonly string[]
}

/**
 * Evaluates a bundle for its graph in QuickJS, compiled to WebAssembly: no file, no network, no process, a limit on time,
 * memory, stack and promises. Each evaluation has a WebAssembly module of its own; it is never reused nor taken apart
 * (after an exhausted memory that would fail), but dropped whole with all that the job made.
 *
 * Throws JOB_EVALUATION (with the place in the user's file), JOB_LIMIT, JOB_NO_EXPORT or JOB_GRAPH.
 */
export async function evaluateInSandbox(bundle: Bundle, options: SandboxOptions): Promise<SandboxResult> {
  const memory = new WebAssemblyMemory({
    initial: limits.SANDBOX_PAGES_INITIAL,
    maximum: options.memoryPagesMax ?? limits.SANDBOX_PAGES_MAX,
  })
  const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(RELEASE_SYNC, { wasmMemory: memory }))
  const runtime = quickjs.newRuntime()
  runtime.setMaxStackSize(limits.SANDBOX_STACK_BYTES)
  const context = runtime.newContext()
  const lines = captureConsole(context)
  const errors = new SandboxErrors(context, bundle, options.fileName)

  const prepared = context.evalCode(`${shiftedClock(options.clockShiftMs ?? 0)}\n${options.sdkScript}`, SDK_FILE)
  if (prepared.error) {
    const { message, stack } = context.dump(prepared.error) as Record<string, unknown>
    throw new WeirError('INTERNAL', `the SDK fails in the sandbox: ${message}\n${stack}`)
  }

  const deadline = new Deadline(runtime, options.timeLimitMs ?? limits.EVALUATION_LIMIT_MS)
  try {
    const namespace = evaluateModule(context, runtime, bundle.code, errors, deadline)
    const answer = readAnswer(context, namespace, errors)
    const graph = parseGraph(answer.graph)
    return { graph, places: operatorPlaces(graph, answer.stacks, errors), console: lines }
  } catch (thrown) {
    if (deadline.passed) throw errors.tooSlow(deadline.limitMs, thrown)
    if (thrown instanceof WeirError) throw thrown
    // Out of memory and stack of WebAssembly itself come as errors of the host's engine; neither reaches further.
    throw errors.fromHost(thrown)
  }
}

/** Node's typings do not have it. */
const WebAssemblyMemory = (
  globalThis as unknown as {
    WebAssembly: { Memory: new (pages: { initial: number; maximum: number }) => object }
  }
).WebAssembly.Memory

/** Interrupts the guest when its time is up. */
class Deadline {
  readonly limitMs: number
  readonly #end: number

  constructor(runtime: QuickJSRuntime, limitMs: number) {
    this.limitMs = limitMs
    this.#end = performance.now() + limitMs
    runtime.setInterruptHandler(() => this.passed)
  }

  get passed(): boolean {
    return performance.now() > this.#end
  }
}

/** The module's namespace, or undefined when it awaits an `execute()` that never comes back. */
function evaluateModule(
  context: QuickJSContext,
  runtime: QuickJSRuntime,
  code: string,
  errors: SandboxErrors,
  deadline: Deadline,
): QuickJSHandle | undefined {
  const evaluated = context.evalCode(code, JOB_FILE, { type: 'module' })
  if (evaluated.error) throw errors.fromGuest(evaluated.error)
  let jobs = 0
  while (runtime.hasPendingJob()) {
    const done = runtime.executePendingJobs(1_000)
    if (deadline.passed) throw errors.tooSlow(deadline.limitMs, done.error && errors.fromGuest(done.error))
    if (done.error) throw errors.fromGuest(done.error)
    jobs += done.value
    if (jobs > limits.MAX_PROMISE_JOBS) throw errors.tooManyPromises(limits.MAX_PROMISE_JOBS)
  }
  const state = context.getPromiseState(evaluated.value)
  if (state.type === 'rejected') throw errors.fromGuest(state.error)
  return state.type === 'fulfilled' ? state.value : undefined
}

/** Graph and stacks as JSON gives them, unchecked. */
function readAnswer(
  context: QuickJSContext,
  namespace: QuickJSHandle | undefined,
  errors: SandboxErrors,
): { graph: unknown; stacks: unknown } {
  const read = context.getProp(context.global, symbolHandle(context, READ_JOB))
  const result = context.callFunction(read, context.undefined, ...(namespace === undefined ? [] : [namespace]))
  if (result.error) throw errors.fromGuest(result.error)
  if (context.typeof(result.value) !== 'string') throw errors.tampered()
  const length = context.getProp(result.value, 'length').consume(handle => context.getNumber(handle))
  if (length > limits.MAX_GRAPH_LENGTH + limits.MAX_STACKS_LENGTH) throw errors.graphTooLarge(length)
  const text = context.getString(result.value)
  try {
    const answer = JSON.parse(text) as GuestAnswer
    if (answer.ok) {
      if (answer.graph.length > limits.MAX_GRAPH_LENGTH) throw errors.graphTooLarge(answer.graph.length)
      return { graph: JSON.parse(answer.graph), stacks: answer.stacks }
    }
    throw errors.reported(answer.error, namespace === undefined)
  } catch (thrown) {
    throw thrown instanceof WeirError ? thrown : errors.tampered(thrown)
  }
}

/** The guest may answer anything for stacks: what is no text has no place. */
function operatorPlaces(graph: JobGraph, stacks: unknown, errors: SandboxErrors): Map<string, ErrorPlace> {
  const places = new Map<string, ErrorPlace>()
  if (!Array.isArray(stacks)) return places
  for (const [index, node] of graph.nodes.entries()) {
    const stack: unknown = stacks[index]
    const place = typeof stack === 'string' ? errors.placeOf(stack) : undefined
    if (place !== undefined) places.set(node.uid, place)
  }
  return places
}

function symbolHandle(context: QuickJSContext, symbol: symbol): QuickJSHandle {
  return context.newSymbolFor(Symbol.keyFor(symbol) ?? '')
}

/** Lays out WRITE_LINE; gives the array that its lines come into, bounded in number and length. */
function captureConsole(context: QuickJSContext): string[] {
  const lines: string[] = []
  const write = context.newFunction('write', (_level, line) => {
    if (lines.length > limits.MAX_CONSOLE_LINES) return
    lines.push(
      lines.length === limits.MAX_CONSOLE_LINES
        ? `… only the first ${limits.MAX_CONSOLE_LINES} lines are kept`
        : context.getString(line).slice(0, limits.MAX_CONSOLE_LINE_LENGTH),
    )
  })
  context.setProp(context.global, symbolHandle(context, WRITE_LINE), write)
  return lines
}

function shiftedClock(shiftMs: number): string {
  if (shiftMs === 0) return ''
  return `globalThis.Date = class Date extends globalThis.Date {
    constructor(...values) { if (values.length === 0) super(Date.now()); else super(...values) }
    static now() { return super.now() + ${shiftMs} }
  };`
}
