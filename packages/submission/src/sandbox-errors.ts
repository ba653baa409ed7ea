import {
  ERROR_CODES,
  type ErrorCode,
  type ErrorPlace,
  type Problem,
  WeirError,
  type WeirErrorJson,
} from '@weir/engine/base/errors'
import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten'
import type { Bundle } from './bundle.ts'
import { mapStack, SourcePositions } from './map-stack.ts'
import { shownPlace } from './problems.ts'
import { missingGlobalHint } from './sandbox-globals.ts'
import { JOB_FILE } from './sandbox-protocol.ts'

/** Makes errors of the guest into WeirErrors with places in the user's files. */
export class SandboxErrors {
  readonly #context: QuickJSContext
  readonly #bundle: Bundle
  readonly #file: string
  #positions: SourcePositions | undefined

  constructor(context: QuickJSContext, bundle: Bundle, file: string) {
    this.#context = context
    this.#bundle = bundle
    this.#file = file
  }

  /** What the module threw. */
  fromGuest(error: QuickJSHandle): WeirError {
    const name = this.#text(error, 'name')
    const message = this.#text(error, 'message') ?? this.#thrownValue(error)
    const stack = this.#text(error, 'stack') ?? ''
    if (name === 'InternalError' && message === 'out of memory') return this.#outOfMemory()
    if (name === 'InternalError' && message === 'stack overflow') return this.#stackOverflow(stack)
    const code = this.#text(error, 'code')
    const operator = this.#operatorOf(error)
    return this.reported({
      code: (name === 'WeirError' && code !== undefined ? code : 'JOB_EVALUATION') as ErrorCode,
      message: name === undefined || name === 'Error' || name === 'WeirError' ? message : `${name}: ${message}`,
      place: operator === undefined ? {} : { operator },
      problems: [],
      stack,
    })
  }

  /**
   * An error that the SDK raised, or the job, with its stack as the guest saw it. `unfinished`: the module has not come
   * to its end, so a missing export has another reason.
   */
  reported(json: WeirErrorJson, unfinished = false): WeirError {
    const plain = sanitized(json)
    if (unfinished && plain.code === 'JOB_NO_EXPORT') {
      return this.#error(
        'JOB_EVALUATION',
        'it waits at its top level for something that never comes; remove the await',
        {},
      )
    }
    const positions = this.#positionsOf()
    const mapped = mapStack(plain.stack ?? '', positions, isJobFile)
    const place = { ...this.#shownPlace(mapped.place), ...plain.place }
    const hint = missingGlobalHint(plain.message.replace(/^ReferenceError: /, ''))
    const advice = hint ?? (plain.code === 'JOB_EVALUATION' ? 'correct the file there and give it again' : undefined)
    // The interpreter does not say what is not a function.
    const callee = mapped.place === undefined ? undefined : positions.nameAt(mapped.place)
    const message = plain.message.replace(
      /^TypeError: not a function$/,
      `TypeError: ${callee ?? 'it'} is not a function`,
    )
    const text = `${message}${advice === undefined ? '' : `; ${advice}`}`
    return this.#error(plain.code, text, place, plain, mapped.stack)
  }

  /** The innermost place in the user's files of a stack that the guest gives. */
  placeOf(stack: string): ErrorPlace | undefined {
    return this.#shownPlace(mapStack(stack.slice(0, 4_000), this.#positionsOf(), isJobFile).place)
  }

  /** `interrupted`: what was thrown when the time was up; the guest's own error may say where it was. */
  tooSlow(limitMs: number, interrupted?: unknown): WeirError {
    const { file, line, column } = interruptedPlace(interrupted)
    return this.#error(
      'JOB_LIMIT',
      `it did not come to its end within ${limitMs / 1000} s: is there an endless loop, or are there thousands of operators? While a job builds its graph it should only describe what is to be done`,
      line === undefined ? {} : { file, line, column },
    )
  }

  tooManyPromises(limit: number): WeirError {
    return this.#error(
      'JOB_LIMIT',
      `it causes more than ${limit} promise callbacks; remove the endless chain of promises`,
      {},
    )
  }

  /** What came out is not what the SDK writes. */
  tampered(cause?: unknown): WeirError {
    const text = 'it changes built-in objects (JSON, Object, Array, …) that the SDK needs; leave them as they are'
    return this.#error('JOB_EVALUATION', text, {}, { cause })
  }

  graphTooLarge(length: number): WeirError {
    return this.#error(
      'JOB_LIMIT',
      `its graph has ${(length / 1024 / 1024).toFixed(1)} MiB; put data into files that a source reads`,
      {},
    )
  }

  /** An error of WebAssembly itself: it ran out of memory or of stack, whatever its message says. */
  fromHost(thrown: unknown): WeirError {
    if (thrown instanceof RangeError) return this.#stackOverflow('')
    return this.#outOfMemory(thrown)
  }

  #outOfMemory(cause?: unknown): WeirError {
    return this.#error(
      'JOB_LIMIT',
      'it used up the memory that building a graph may take; move large data and loops into the functions of the job, or into files that a source reads',
      {},
      { cause },
    )
  }

  #stackOverflow(stack: string): WeirError {
    const { place } = mapStack(stack, this.#positionsOf(), isJobFile)
    return this.#error('JOB_LIMIT', 'a function calls itself too deeply; end the recursion earlier', place ?? {})
  }

  #error(
    code: ErrorCode,
    text: string,
    place: ErrorPlace,
    more: { readonly cause?: unknown; readonly problems?: readonly Problem[] } = {},
    stack?: string,
  ): WeirError {
    const known = { file: this.#file, ...place }
    const message = `${shownPlace(known)}: ${text}`
    const problems = more.problems?.length ? more.problems : [{ ...known, message: text }]
    const error = new WeirError(code, message, { place: known, problems, cause: more.cause })
    if (stack) error.stack = `${error.name}: ${message}\n${stack}`
    return error
  }

  /** The module of a JSON job is generated: its lines are nobody's, but for those of the functions in it. */
  #shownPlace(place: ErrorPlace | undefined): ErrorPlace | undefined {
    return place?.file === this.#file && /\.json$/i.test(this.#file) ? undefined : place
  }

  /** The operator that an error of the SDK names. */
  #operatorOf(error: QuickJSHandle): string | undefined {
    if (this.#context.typeof(error) !== 'object') return undefined
    return this.#context
      .getProp(error, 'place')
      .consume(place => this.#text(place, 'operator'))
      ?.slice(0, 200)
  }

  #positionsOf(): SourcePositions {
    this.#positions ??= new SourcePositions(this.#bundle.sourceMap)
    return this.#positions
  }

  /** A field of an error when it is a text; reading it may itself fail, when the guest has no memory left. */
  #text(error: QuickJSHandle, field: string): string | undefined {
    if (this.#context.typeof(error) !== 'object') return undefined
    return this.#context.getProp(error, field).consume(value => {
      return this.#context.typeof(value) === 'string' ? this.#context.getString(value) : undefined
    })
  }

  #thrownValue(value: QuickJSHandle): string {
    const type = this.#context.typeof(value)
    return type === 'object' || type === 'function' || type === 'symbol'
      ? `it threw a value of type ${type} that is no Error`
      : `it threw ${JSON.stringify(this.#context.getString(value)).slice(0, 200)}`
  }
}

/**
 * Of the innermost function the interpreter knows the last call alone, which may stand anywhere before a loop that goes on.
 * With a caller that is at least inside the function that hangs; without one it would be any line of the file.
 */
function interruptedPlace(thrown: unknown): ErrorPlace {
  if (!(thrown instanceof WeirError)) return {}
  const frames = thrown.stack?.match(/^\s*at /gm) ?? []
  return frames.length > 1 ? thrown.place : {}
}

function isJobFile(file: string): boolean {
  return file === JOB_FILE
}

/** The guest may write anything into its answer: only what has the right type, and faults of the user, are taken over. */
function sanitized(json: WeirErrorJson): WeirErrorJson {
  const code =
    Object.hasOwn(ERROR_CODES, json.code) && ERROR_CODES[json.code].domain === 'user' ? json.code : 'JOB_EVALUATION'
  const problems: readonly unknown[] = Array.isArray(json.problems) ? json.problems.slice(0, 1_000) : []
  return {
    code,
    message: textOf(json.message) ?? 'it failed without a message',
    place: sanitizedPlace(json.place),
    problems: problems.map((problem): Problem => {
      const message =
        typeof problem === 'object' && problem !== null ? textOf(Reflect.get(problem, 'message')) : undefined
      return { ...sanitizedPlace(problem), message: message ?? '' }
    }),
    stack: textOf(json.stack) ?? '',
  }
}

function sanitizedPlace(place: unknown): ErrorPlace {
  if (typeof place !== 'object' || place === null) return {}
  const { operator, file, line, column } = place as Record<string, unknown>
  return {
    ...(typeof operator === 'string' ? { operator: operator.slice(0, 200) } : {}),
    ...(typeof file === 'string' ? { file: file.slice(0, 200) } : {}),
    ...(typeof line === 'number' ? { line } : {}),
    ...(typeof column === 'number' ? { column } : {}),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 20_000) : undefined
}
