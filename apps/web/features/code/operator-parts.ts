import type { editor } from 'monaco-editor/editor'
import type { OperatorCall } from './monaco/operator-calls.ts'

/**
 * Which part of the text is which operator, also while it is being changed: the parts of the last graph move along with
 * the text (as decorations without a look), until the next graph brings its own.
 */
export class OperatorParts {
  readonly #model: editor.ITextModel
  #parts: readonly { readonly call: OperatorCall; readonly part: string; readonly name: string }[] = []

  constructor(model: editor.ITextModel) {
    this.#model = model
  }

  /** Offsets of the calls are of the model's text as it is now. */
  set(calls: readonly OperatorCall[]): void {
    const range = (start: number, end: number) => {
      const from = this.#model.getPositionAt(start)
      const to = this.#model.getPositionAt(end)
      return {
        range: {
          startLineNumber: from.lineNumber,
          startColumn: from.column,
          endLineNumber: to.lineNumber,
          endColumn: to.column,
        },
        options: { description: 'operator', stickiness: NEVER_GROWS },
      }
    }
    const old = this.#parts.flatMap(({ part, name }) => [part, name])
    const ids = this.#model.deltaDecorations(
      old,
      calls.flatMap(call => [range(call.start, call.end), range(call.nameStart, call.nameEnd)]),
    )
    this.#parts = calls.map((call, index) => ({ call, part: ids[index * 2]!, name: ids[index * 2 + 1]! }))
  }

  /** The operator of a position: the one whose part is the smallest around it. */
  at(line: number, column: number): string | null {
    const position = { lineNumber: line, column }
    const around = this.#parts
      .map(({ call, part }) => ({ uid: call.uid, range: this.#model.getDecorationRange(part) }))
      .filter(({ range }) => range?.containsPosition(position))
      .sort((a, b) => this.#length(a.range) - this.#length(b.range))
    return around[0]?.uid ?? null
  }

  /** Where the method of an operator stands now; null when its text is gone. */
  nameOf(uid: string): { readonly line: number; readonly column: number } | null {
    const found = this.#parts.find(({ call }) => call.uid === uid)
    const range = found === undefined ? null : this.#model.getDecorationRange(found.name)
    return range === null ? null : { line: range.startLineNumber, column: range.startColumn }
  }

  #length(range: ReturnType<editor.ITextModel['getDecorationRange']>): number {
    return range === null ? 0 : this.#model.getValueLengthInRange(range)
  }
}

/** Text that is typed at an edge of a decoration does not become part of it. */
const NEVER_GROWS = 1
