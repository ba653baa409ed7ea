/**
 * What functions of a job find in Node beside the language, as TypeScript reads it: the part that jobs need to ask
 * others and to wait for them. TypeScript's own library for pages would bring a document and windows along. While the
 * graph is built none of it is there; the JobManager says so, with the line.
 */
export const PLATFORM = `
/** What it writes while the graph is built stands under Output; what functions of the job write stands in the job's logs. */
interface Console {
  log(...values: unknown[]): void
  info(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
  debug(...values: unknown[]): void
}
declare const console: Console

/** A timer of Node. Time in a stream comes from windows and from the timers of process functions. */
interface Timeout {
  ref(): this
  unref(): this
}
/** Inside functions of the job alone, such as that of asyncMap(): to wait for an answer, or before another try. */
declare function setTimeout<A extends unknown[]>(callback: (...args: A) => void, ms?: number, ...args: A): Timeout
declare function clearTimeout(timer: Timeout | undefined): void
declare function setInterval<A extends unknown[]>(callback: (...args: A) => void, ms?: number, ...args: A): Timeout
declare function clearInterval(timer: Timeout | undefined): void
declare function queueMicrotask(callback: () => void): void
declare function structuredClone<T>(value: T): T
declare function atob(text: string): string
declare function btoa(text: string): string
declare const performance: { now(): number }

interface AbortSignal {
  readonly aborted: boolean
  readonly reason: unknown
  throwIfAborted(): void
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}
declare const AbortSignal: {
  abort(reason?: unknown): AbortSignal
  timeout(ms: number): AbortSignal
  any(signals: readonly AbortSignal[]): AbortSignal
}
declare class AbortController {
  readonly signal: AbortSignal
  abort(reason?: unknown): void
}

declare class URLSearchParams {
  constructor(init?: string | Readonly<Record<string, string>> | Iterable<readonly [string, string]>)
  readonly size: number
  append(name: string, value: string): void
  delete(name: string): void
  get(name: string): string | null
  getAll(name: string): string[]
  has(name: string): boolean
  set(name: string, value: string): void
  sort(): void
  toString(): string
  [Symbol.iterator](): IterableIterator<[string, string]>
}
declare class URL {
  constructor(url: string | URL, base?: string | URL)
  static canParse(url: string, base?: string): boolean
  hash: string
  host: string
  hostname: string
  href: string
  readonly origin: string
  password: string
  pathname: string
  port: string
  protocol: string
  search: string
  readonly searchParams: URLSearchParams
  username: string
  toString(): string
  toJSON(): string
}

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>
}
declare class TextDecoder {
  constructor(encoding?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean })
  decode(bytes?: ArrayBuffer | ArrayBufferView, options?: { readonly stream?: boolean }): string
}

type HeadersInit = Headers | Readonly<Record<string, string>> | Iterable<readonly [string, string]>
declare class Headers {
  constructor(init?: HeadersInit)
  append(name: string, value: string): void
  delete(name: string): void
  get(name: string): string | null
  has(name: string): boolean
  set(name: string, value: string): void
  [Symbol.iterator](): IterableIterator<[string, string]>
}
type BodyInit = string | ArrayBuffer | ArrayBufferView | URLSearchParams
interface RequestInit {
  method?: string
  headers?: HeadersInit
  body?: BodyInit | null
  redirect?: 'follow' | 'error' | 'manual'
  signal?: AbortSignal | null
}
declare class Response {
  constructor(
    body?: BodyInit | null,
    init?: { readonly status?: number; readonly statusText?: string; readonly headers?: HeadersInit },
  )
  readonly headers: Headers
  readonly ok: boolean
  readonly redirected: boolean
  readonly status: number
  readonly statusText: string
  readonly url: string
  arrayBuffer(): Promise<ArrayBuffer>
  bytes(): Promise<Uint8Array<ArrayBuffer>>
  /** What it holds is not checked: say what you expect, such as \`(await response.json()) as Price\`. */
  json(): Promise<unknown>
  text(): Promise<string>
}
/** Inside functions of the job alone, best in asyncMap(), which waits for the answer. */
declare function fetch(input: string | URL, init?: RequestInit): Promise<Response>

declare const crypto: {
  randomUUID(): string
  getRandomValues<T extends ArrayBufferView>(array: T): T
}

/** Of the process that runs the job's functions: it gives them none of its environment variables. */
declare const process: {
  readonly env: Readonly<Record<string, undefined>>
  readonly pid: number
}

interface Buffer extends Uint8Array {
  toString(encoding?: BufferEncoding): string
}
type BufferEncoding = 'utf8' | 'utf-8' | 'hex' | 'base64' | 'base64url' | 'latin1' | 'ascii' | 'utf16le'
declare const Buffer: {
  from(text: string, encoding?: BufferEncoding): Buffer
  from(bytes: ArrayBuffer | Iterable<number> | ArrayLike<number>): Buffer
  alloc(size: number): Buffer
  byteLength(text: string, encoding?: BufferEncoding): number
  concat(parts: readonly Uint8Array[]): Buffer
}
`
