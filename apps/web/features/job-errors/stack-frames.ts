export interface StackFrame {
  /** `cents (orders.ts:12:11)`. */
  readonly text: string
  /** The line in the user's own source; null for frames of the engine and of Node. */
  readonly line: number | null
}

export interface Stack {
  /** What stands above the frames: the error's name and message, or none. */
  readonly head: string
  readonly frames: readonly StackFrame[]
}

/** A stack as V8 writes it, with the frames of the user's file told from all others. */
export function parseStack(stack: string, fileName: string): Stack {
  const lines = stack.split('\n')
  const first = lines.findIndex(isFrame)
  const head = (first < 0 ? lines : lines.slice(0, first)).join('\n').trim()
  const frames = (first < 0 ? [] : lines.slice(first)).filter(isFrame).map(line => {
    const text = line.trim().replace(/^at /, '')
    return { text, line: lineIn(text, fileName) }
  })
  return { head, frames }
}

function isFrame(line: string): boolean {
  return /^\s*at \S/.test(line)
}

/** `f (file.ts:12:5)` and `file.ts:12:5` are of the file; a longer path that ends in its name is another file. */
function lineIn(text: string, fileName: string): number | null {
  const match = /(?:^|\()([^()]*):(\d+):\d+\)?$/.exec(text)
  return match !== null && match[1]!.replace(/^async /, '') === fileName ? Number(match[2]) : null
}
