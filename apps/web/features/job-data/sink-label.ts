import type { PipelineView } from '@weir/proto/web/pipeline'

/** How a sink is called where several are to choose from: by its name, or by its type and what it takes its rows from. */
export function sinkLabel({ operators, edges }: PipelineView, uid: string): string {
  const sink = operators.find(each => each.uid === uid)
  if (sink === undefined) return uid
  const { name, type } = sink
  if (name !== type) return `${name} (${type})`
  const from = edges.find(edge => edge.to === uid)?.from
  const before = operators.find(each => each.uid === from)
  return before === undefined ? type : `${type} after ${before.name}`
}
