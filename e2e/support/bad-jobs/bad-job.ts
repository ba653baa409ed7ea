/** A job file that is refused, and what a newcomer has to be told about it: what is wrong, where, and what to do. */
export interface BadJob {
  /** Ends a sentence that begins with "a job …". */
  readonly title: string
  readonly file: string
  readonly source: string | Uint8Array<ArrayBuffer>
  readonly code: string
  /** All found in the detail. */
  readonly says: readonly (string | RegExp)[]
  /** Instead of `says` where a project on disk may do more than an upload. */
  readonly locallySays?: readonly (string | RegExp)[]
  /** 1-based, of the first problem. */
  readonly line?: number
  /** uid of the operator of the first problem; a pattern where the uid is made by the SDK. */
  readonly operator?: string | RegExp
  /** The HTTP status, where it is not 422. */
  readonly status?: number
  /** Only a cluster refuses it: on a person's own machine it is that person's file. */
  readonly clusterOnly?: true
}

export const IMPORTS = `import { StreamExecutionEnvironment, blackholeSink, datagenSource, fileSink, fileSource } from '@weir/sdk'\n`
export const ENV = `${IMPORTS}const env = new StreamExecutionEnvironment('bad')\n`
/** A job with statements from line 3 on. */
export const job = (...lines: string[]): string => `${ENV}${lines.join('\n')}\nexport default env\n`
export const SOUND = 'env.fromElements(1).addSink(blackholeSink())'
export const reading = (options: string): string =>
  job(`env.addSource(fileSource(${options})).name('books')`, '  .addSink(blackholeSink())')
export const writing = (path: string): string =>
  job(`env.fromElements('a')`, `  .addSink(fileSink({ path: '${path}', format: 'lines' })).name('results')`)

export const IMPORT_DOES = /read and write through sources and sinks/
