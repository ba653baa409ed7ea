'use client'
import type { OperatorView } from '@weir/proto/web/pipeline'
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { memo } from 'react'
import { VisuallyHidden } from '@/ui/text/visually-hidden.tsx'
import { useGraphScope, useIsSelected, useNodeView } from './graph-context.ts'
import styles from './graph-node.module.css'
import { OperatorCard } from './operator-card.tsx'

export type OperatorNode = Node<{ readonly operator: OperatorView }, 'operator'>

/** A card on the canvas. Its place comes from React Flow, its figures from the graph's store; it can be reached by Tab. */
export const GraphNode = memo(function GraphNode({ data }: NodeProps<OperatorNode>) {
  const { operator } = data
  const { actions } = useGraphScope()
  const view = useNodeView(operator.uid)
  const selected = useIsSelected(operator.uid)
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} className={styles.handle} />
      <button
        type="button"
        className={styles.node}
        data-operator={operator.uid}
        aria-pressed={selected}
        onClick={() => actions.select(operator.uid)}
        onDoubleClick={() => actions.open(operator.uid)}
      >
        <VisuallyHidden>
          {operator.name}, {operator.type}, parallelism {operator.parallelism}, {view.words}
        </VisuallyHidden>
        <span className={styles.picture} aria-hidden="true">
          <OperatorCard operator={operator} view={view} selected={selected} />
        </span>
      </button>
      <Handle type="source" position={Position.Bottom} isConnectable={false} className={styles.handle} />
    </>
  )
})
