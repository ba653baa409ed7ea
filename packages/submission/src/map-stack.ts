import { SourceMap, type SourceMapPayload } from 'node:module'
import type { ErrorPlace } from '@weir/engine/base/errors'
import { functionPlace } from './function-modules.ts'

/** Positions of a bundle as places in the files that it was made of. */
export class SourcePositions {
  readonly #map: SourceMap
  readonly #payload: SourceMapPayload

  constructor(sourceMap: string) {
    this.#payload = JSON.parse(sourceMap) as SourceMapPayload
    this.#map = new SourceMap(this.#payload)
  }

  /** `line` from 1 and `column` from 0, as in the answer; undefined for code that is not the user's. */
  find(line: number, column: number): ErrorPlace | undefined {
    const entry = this.#map.findEntry(line - 1, column)
    if (!('originalSource' in entry) || entry.originalSource === undefined) return undefined
    const file = userFile(entry.originalSource)
    if (file === undefined) return undefined
    return functionPlace({ file, line: entry.originalLine + 1, column: entry.originalColumn })
  }

  /** The name that stands at a place of a user's file, where one does. */
  nameAt({ file, line, column, operator }: ErrorPlace): string | undefined {
    const source = this.#payload.sources.findIndex(name => userFile(name) === file)
    const text = this.#payload.sourcesContent[source]?.split('\n')[(line ?? 0) - (operator === undefined ? 1 : 0)]
    return /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(text?.slice(column) ?? '')?.[0]
  }
}

/** The file as it is shown: without the folder of a function's module, and none for the SDK's own shim. */
function userFile(source: string): string | undefined {
  if (source.startsWith('weir-sdk:')) return undefined
  return source.replace(/^weir-function:/, '')
}

/** A frame of V8 (`at f (file:///x/job.mjs?instance=1:2:3)`) or QuickJS (`at f (job.js:2:3)`); columns from 1. */
const FRAME = /^(\s*at .*?\(?)([^\s()]+?):(\d+):(\d+)(\)?)$/

export interface MappedStack {
  /** The stack with the bundle's positions replaced by those of the user's files. */
  readonly stack: string
  /** The innermost place in the user's files. */
  readonly place?: ErrorPlace
}

/**
 * Rewrites a stack trace so that people find their own lines in it. `isBundle` says which file of a frame is the bundle.
 * Frames of other files stay as they are.
 */
export function mapStack(stack: string, positions: SourcePositions, isBundle: (file: string) => boolean): MappedStack {
  let innermost: ErrorPlace | undefined
  const lines = stack.split('\n').map(line => {
    const frame = FRAME.exec(line)
    if (frame === null || !isBundle(frame[2])) return line
    const place = positions.find(Number(frame[3]), Number(frame[4]) - 1)
    if (place === undefined) return line
    innermost ??= place
    return `${frame[1]}${place.file}:${place.line}:${(place.column ?? 0) + 1}${frame[5]}`
  })
  return { stack: lines.join('\n'), ...(innermost === undefined ? {} : { place: innermost }) }
}
