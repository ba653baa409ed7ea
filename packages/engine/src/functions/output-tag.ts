/**
 * Names a side output and carries the type of its records. Two tags of one id are the same side output.
 *
 * ```ts
 * const rejected = new OutputTag<Order>('rejected')
 * ctx.output(rejected, order)
 * stream.getSideOutput(rejected)
 * ```
 */
export class OutputTag<T> {
  readonly id: string
  /** Only for the compiler: it tells tags of different types apart. */
  declare readonly recordType?: (value: T) => T

  constructor(id: string) {
    if (typeof id !== 'string' || id === '') throw new TypeError('a side output needs a name: new OutputTag("late")')
    this.id = id
  }
}

/** The id of a tag that may be given by its name alone. */
export function tagId<T>(tag: OutputTag<T> | string): string {
  const id: unknown = typeof tag === 'string' ? tag : tag?.id
  if (typeof id === 'string' && id !== '') return id
  throw new TypeError(
    'a side output is named by its tag: const late = new OutputTag("late") and ctx.output(late, value)',
  )
}
