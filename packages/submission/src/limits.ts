/** What a job file may take, from its size to its evaluation. All of it is refused by name beyond. */

/** Of the source text, in UTF-16 code units (at least as many bytes). */
export const MAX_SOURCE_LENGTH = 8 * 1024 * 1024

/** Of the bundle with all that it imports (packages of a local project included). */
export const MAX_BUNDLE_LENGTH = 16 * 1024 * 1024

/** Of the graph as JSON, when it comes out of the sandbox. */
export const MAX_GRAPH_LENGTH = 16 * 1024 * 1024

/**
 * Of graph, bundle and source map together, in bytes: they go to each TaskManager in one message, which may not be larger
 * than `MESSAGE_BYTES_MAX` of packages/proto. Each within its own limit, they may still be too much with wide text.
 */
export const MAX_DEPLOYMENT_BYTES = 96 * 1024 * 1024

/** Of the stacks that come beside it, with which operators get their places. */
export const MAX_STACKS_LENGTH = 16 * 1024 * 1024

/** Of objects and lists in each other, in a graph as JSON: more would be too deep for what walks it. */
export const MAX_GRAPH_DEPTH = 64

/** Of a JSON job: each becomes a module of its own, and takes its time to check. */
export const MAX_JSON_FUNCTIONS = 2_000

/** How long a module may take to build its graph. */
export const EVALUATION_LIMIT_MS = 2_000

/** Memory of one sandbox, in pages of 64 KiB: 16 MiB at first, 128 MiB at most. */
export const SANDBOX_PAGES_INITIAL = 256
export const SANDBOX_PAGES_MAX = 2_048

/** Stack of the interpreter: more lets a deep recursion run over the stack of WebAssembly itself and end the sandbox. */
export const SANDBOX_STACK_BYTES = 192 * 1024

/** Promise jobs that one module may cause while it builds its graph. */
export const MAX_PROMISE_JOBS = 1_000_000

/** Lines of `console` that are kept of one evaluation, and how long one may be. */
export const MAX_CONSOLE_LINES = 200
export const MAX_CONSOLE_LINE_LENGTH = 2_000

/** Wall clock for everything (bundle, sandbox, validation) after which the worker is ended and replaced. */
export const PREPARE_LIMIT_MS = 20_000

/** For the worker to start and to bundle the SDK, once. */
export const WORKER_START_LIMIT_MS = 60_000

/** For a worker to end by itself: longer than the sandbox may keep it busy. */
export const WORKER_END_LIMIT_MS = 3_000

/** Submissions that may wait for the worker; a further one is refused. */
export const MAX_WAITING_SUBMISSIONS = 32

/** How long a slot waits for a bundle to come to its end. */
export const LOAD_LIMIT_MS = 10_000
