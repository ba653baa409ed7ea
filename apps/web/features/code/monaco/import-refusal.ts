/** Modules of Node by their first part: what people try to import. */
const NODE_MODULES: ReadonlySet<string> = new Set([
  ...['assert', 'async_hooks', 'buffer', 'child_process', 'cluster', 'console', 'constants', 'crypto', 'dgram', 'dns'],
  ...['diagnostics_channel', 'domain', 'events', 'fs', 'http', 'http2', 'https', 'inspector', 'module', 'net', 'os'],
  ...['path', 'perf_hooks', 'process', 'punycode', 'querystring', 'readline', 'repl', 'stream', 'string_decoder'],
  ...['timers', 'tls', 'trace_events', 'tty', 'url', 'util', 'v8', 'vm', 'wasi', 'worker_threads', 'zlib'],
])

/** Why a job cannot import a module: in the words of the JobManager, which refuses it for the same reason. */
export function importRefusal(specifier: string): string {
  if (specifier.startsWith('node:') || NODE_MODULES.has(specifier.split('/')[0] ?? '')) {
    return `"${specifier}" is a module of Node, which a job cannot import; read and write through sources and sinks such as fileSource() and fileSink()`
  }
  if (specifier.startsWith('@weir/')) {
    return `"${specifier}" is internal; import what a job needs from "@weir/sdk"`
  }
  const what = /^[./]/.test(specifier) ? 'another file' : 'a package'
  return `"${specifier}" cannot be imported: an uploaded job imports "@weir/sdk" alone, not ${what}; put the code into this file, or deploy from the project with "weir deploy", which bundles it`
}

/** The codes by which TypeScript says that it finds no module of a name. */
const NO_SUCH_MODULE: ReadonlySet<number> = new Set([2307, 2792, 7016, 2882])

/** The name that a diagnostic of TypeScript does not find; undefined for all other diagnostics. */
export function missingModule(code: number, message: string): string | undefined {
  if (!NO_SUCH_MODULE.has(code)) return undefined
  return /['"]([^'"]+)['"]/.exec(message)?.[1]
}
