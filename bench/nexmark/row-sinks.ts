import { customSink, type SinkDescriptor } from '@weir/sdk'
import { Digest } from './digest.ts'
import { marked } from './marks.ts'
import { startProfile, writeProfile } from './profile.ts'

/** Counts the rows of a query and drops them. `cpuProf`: where a profile of its thread is written. */
export function countingSink(cpuProf?: string): SinkDescriptor<unknown> {
  return customSink({
    open: ({ publish }) => {
      let rows = 0
      if (cpuProf !== undefined) startProfile()
      return {
        write() {
          rows++
        },
        flush() {
          marked('rows', rows)
          publish(rows)
        },
        close() {
          if (cpuProf !== undefined) writeProfile(cpuProf)
        },
      }
    },
  })
}

/** Hashes the rows of a query, each as `row` writes it. Publishes the digest of its subtask; those of all are to be joined. */
export function digestSink<Row>(row: (value: Row) => string): SinkDescriptor<Row> {
  return customSink<Row>({
    open: ({ publish }) => {
      const digest = new Digest()
      return {
        write(value) {
          digest.add(row(value))
        },
        flush() {
          marked('digest', digest.toString())
          publish(digest.toString())
        },
      }
    },
  })
}
