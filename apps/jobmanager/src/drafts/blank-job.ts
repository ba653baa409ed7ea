/** File name of a draft that begins with `BLANK_JOB`. */
export const BLANK_FILE_NAME = 'pipeline.ts'

/** What a new pipeline holds: a job that runs as it is and shows rows at once. */
export const BLANK_JOB = `import { collectSink, datagenSource, StreamExecutionEnvironment } from '@weir/sdk'

interface Order {
  id: number
  product: string
  price: number
}

const env = new StreamExecutionEnvironment('my-pipeline')

env
  // Made-up orders, ten a second. Replace this by your own source, such as fileSource({ path, format }).
  .addSource(
    datagenSource<Order>({
      rowsPerSecond: 10,
      fields: { id: 'sequence', product: { oneOf: ['tea', 'coffee', 'cocoa'] }, price: { int: [1, 20] } },
    }),
  )
  .name('orders')
  // Each order, with its tax.
  .map(order => ({ ...order, tax: Math.round(order.price * 19) / 100 }))
  .name('add tax')
  // Shows the rows on the job's Data tab.
  .addSink(collectSink())

export default env
`
