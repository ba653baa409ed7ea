import { type CopyBytes, portableCopyBytes } from '@weir/engine/record/copy-bytes'
import { describe, expect, it } from 'vitest'
import { nodeCopyBytes } from './node-copy-bytes.ts'

const memories: Record<string, (bytes: number) => Uint8Array> = {
  'own memory': bytes => new Uint8Array(bytes),
  'shared memory': bytes => new Uint8Array(new SharedArrayBuffer(bytes)),
  // As pooled buffers are: the view begins somewhere in its memory.
  'a part of shared memory': bytes => new Uint8Array(new SharedArrayBuffer(bytes + 24), 11, bytes),
}
const copies: Record<string, CopyBytes> = { portable: portableCopyBytes, native: nodeCopyBytes }

describe.each(Object.keys(copies))('the %s copy', name => {
  const copy = copies[name]

  it.each(Object.keys(memories).flatMap(from => Object.keys(memories).map(to => [from, to])))(
    'takes bytes from %s to %s, whatever the alignment, and leaves the rest',
    (from, to) => {
      const source = memories[from](64)
      for (let i = 0; i < source.length; i++) source[i] = i + 1
      for (const [start, length, at] of [
        [0, 64, 0],
        [5, 40, 8],
        [3, 1, 63],
        [8, 0, 64],
        [1, 63, 1],
      ]) {
        const target = memories[to](64)
        copy(source, start, length, target, at)
        const expected = new Array(64).fill(0)
        for (let i = 0; i < length; i++) expected[at + i] = start + i + 1
        expect([...target]).toEqual(expected)
      }
    },
  )
})
