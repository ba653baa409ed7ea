import type { OperatorContext } from './operator.ts'

/**
 * Notices that the keys of two inputs are of different kinds, such as numbers on one side and texts on the other: then no
 * key of one side ever equals one of the other, and a job that joins them gives nothing without a word. It says so once,
 * in the log of the job.
 */
export class KeyKinds {
  readonly #context: OperatorContext
  readonly #last: [string, string] = ['', '']
  readonly #seen: [Set<string>, Set<string>] = [new Set(), new Set()]
  #done = false

  constructor(context: OperatorContext) {
    this.#context = context
  }

  /** Costs a comparison while the keys of an input stay of one kind. */
  saw(key: unknown, input: number): void {
    const kind = typeof key
    const side = input === 0 ? 0 : 1
    if (kind !== this.#last[side]) this.#note(kind, side)
  }

  #note(kind: string, side: 0 | 1): void {
    this.#last[side] = kind
    if (this.#done) return
    this.#seen[side].add(kind)
    const [first, second] = this.#seen
    if (first.size === 0 || second.size === 0) return
    this.#done = true
    if ([...first].some(kind => second.has(kind))) return
    this.#context.logger.warn(
      `the keys of the first input are of the type ${text(first)}, those of the second of the type ${text(second)}, so ` +
        'no key of one equals one of the other; give both inputs keys of one type, e.g. by String(…) or Number(…)',
    )
  }
}

function text(kinds: ReadonlySet<string>): string {
  return [...kinds].join(' or ')
}
