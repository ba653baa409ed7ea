'use client'
import type { OperatorView } from '@weir/proto/web/pipeline'
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { type CSSProperties, memo, useContext } from 'react'
import { VisuallyHidden } from '@/ui/text/visually-hidden.tsx'
import { DistanceContext, useFarLook, useGraphScope, useIsSelected, useNodeView } from './graph-context.ts'
import styles from './graph-node.module.css'
import { OperatorCard } from './operator-card.tsx'

export type OperatorNode = Node<{ readonly operator: OperatorView }, 'operator'>

/** A card on the canvas. Its place comes from React Flow, its figures from the graph's store; it can be reached by Tab. */
export const GraphNode = memo(function GraphNode({ data }: NodeProps<OperatorNode>) {
  const { operator } = data
  const { actions } = useGraphScope()
  const selected = useIsSelected(operator.uid)
  const far = useContext(DistanceContext) === 3
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
        {far ? (
          <FarCard operator={operator} selected={selected} />
        ) : (
          <NearCard operator={operator} selected={selected} />
        )}
      </button>
      <Handle type="source" position={Position.Bottom} isConnectable={false} className={styles.handle} />
    </>
  )
})

interface CardProps {
  readonly operator: OperatorView
  readonly selected: boolean
}

function NearCard({ operator, selected }: CardProps) {
  const view = useNodeView(operator.uid)
  return (
    <>
      <VisuallyHidden>
        {operator.name}, {operator.type}, parallelism {operator.parallelism}, {view.words}
      </VisuallyHidden>
      <span className={styles.picture} aria-hidden="true">
        <OperatorCard operator={operator} view={view} selected={selected} />
      </span>
    </>
  )
}

/** A block that is filled as far as the operator is busy. Its figures are in the graph's table. */
function FarCard({ operator, selected }: CardProps) {
  const [state, tag, busy] = useFarLook(operator.uid).split(' ')
  return (
    <>
      <VisuallyHidden>
        {[operator.name, operator.type, state === 'plain' ? '' : state, busy === '' ? '' : `busy about ${busy} percent`]
          .filter(part => part !== '')
          .join(', ')}
      </VisuallyHidden>
      <span
        className={styles.far}
        aria-hidden="true"
        data-state={state}
        data-tag={tag}
        data-selected={selected || undefined}
        style={{ '--v': busy === '' ? 0 : Number(busy) } as CSSProperties}
      />
    </>
  )
}
