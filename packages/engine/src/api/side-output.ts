/** Side outputs of the API: `new OutputTag<Order>('rejected')`. */
export { OutputTag } from '../functions/output-tag.ts'
