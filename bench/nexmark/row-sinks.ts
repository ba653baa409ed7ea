import { customSink, type SinkDescriptor } from '@weir/sdk'
import { Digest } from './digest.ts'
import { marked } from './marks.ts'

/** Counts the rows of a query and drops them. */
export function countingSink(): SinkDescriptor<unknown> {
  return customSink({
    open: ({ publish }) => {
      let rows = 0
      return {
        write() {
          rows++
        },
        flush() {
          marked('rows', rows)
          publish(rows)
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
