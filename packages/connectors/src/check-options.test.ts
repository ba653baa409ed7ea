import { WeirError } from '@weir/engine/base/errors'
import { expect, test } from 'vitest'
import { datagenSource } from './datagen/datagen.ts'
import { fileSink } from './file/file-sink.ts'
import { fileSource } from './file/file-source.ts'

/** Jobs are bundled without a type check, so calls come with any arguments. */
const calls: Record<string, (options?: unknown) => unknown> = {
  fileSource: options => Reflect.apply(fileSource, undefined, [options]),
  fileSink: options => Reflect.apply(fileSink, undefined, [options]),
  datagenSource: options => Reflect.apply(datagenSource, undefined, [options]),
}

test.each(Object.keys(calls))('%s without options, or with something else, says what to write', name => {
  for (const [options, found] of [
    [undefined, 'its options are missing'],
    [null, 'not null'],
    ['data/book.txt', 'not string'],
    [[], 'not a list'],
  ] as const) {
    const call = () => calls[name]?.(options)
    expect(call).toThrow(WeirError)
    expect(call).toThrow(`${name}(): `)
    expect(call).toThrow(found)
    expect(call).toThrow(`write ${name}({ `)
  }
})
