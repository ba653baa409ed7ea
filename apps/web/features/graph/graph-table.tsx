'use client'
import type { PipelineView } from '@weir/proto/web/pipeline'
import { memo, useEffect, useState } from 'react'
import { edgeWords } from './edge-text.ts'
import type { GraphStore } from './graph-store.ts'
import styles from './graph-table.module.css'
import { neighboursOf } from './graph-topology.ts'
import type { GraphLayout } from './layout.ts'

const REFRESH_MS = 10_000

/** The graph as a table that only screen readers meet. Its figures are those of the last ten seconds. */
export const GraphTable = memo(function GraphTable(props: {
  readonly pipeline: PipelineView
  readonly layout: GraphLayout
  readonly store: GraphStore
}) {
  const { pipeline, layout, store } = props
  const [, setRound] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setRound(round => round + 1), REFRESH_MS)
    return () => clearInterval(timer)
  }, [])
  const operators = new Map(pipeline.operators.map(operator => [operator.uid, operator]))
  const { after, before } = neighboursOf(pipeline)
  const names = (uids: readonly string[] | undefined) =>
    (uids ?? []).map(uid => operators.get(uid)?.name ?? uid).join(', ')
  const way = (uid: string) =>
    pipeline.edges
      .filter(edge => edge.to === uid)
      .map(edge => `${edgeWords(edge)} ${store.edge(edge.id)?.figure ?? ''}`.trim())
      .join(', ')
  return (
    <table className={styles.hidden}>
      <caption>Operators of {pipeline.name}, from sources to sinks</caption>
      <thead>
        <tr>
          <th scope="col">Operator</th>
          <th scope="col">Type</th>
          <th scope="col">Parallelism</th>
          <th scope="col">Reads from</th>
          <th scope="col">By</th>
          <th scope="col">Writes to</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {layout.order.map(uid => {
          const operator = operators.get(uid)
          if (operator === undefined) return null
          return (
            <tr key={uid}>
              <th scope="row">{operator.name}</th>
              <td>{operator.type}</td>
              <td>{operator.parallelism}</td>
              <td>{names(before.get(uid))}</td>
              <td>{way(uid)}</td>
              <td>{names(after.get(uid))}</td>
              <td>{store.node(uid).words}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
})
