import type { PipelineView } from '@weir/proto/web/pipeline'
import { inputNumbers } from './edge-text.ts'
import { layoutOf } from './layout.ts'
import { OperatorIcon } from './operator-icon.tsx'
import styles from './pipeline-picture.module.css'
import { cutToWidth } from './text-width.ts'

const NAME_PX = 21
/** Icon and borders of a card, beside its name. */
const BESIDE_NAME_PX = 68

interface PipelinePictureProps {
  readonly pipeline: PipelineView
  /** Said by screen readers; by default what stands in it. Empty when the text beside it says it all. */
  readonly label?: string
}

/**
 * A small still picture of a pipeline: the same layout as on the canvas, without figures. It fills its container's
 * width and keeps its shape; the container bounds its height.
 */
export function PipelinePicture({ pipeline, label }: PipelinePictureProps) {
  const { drawnWidth, height, nodes, edges } = layoutOf(pipeline)
  const inputs = inputNumbers(pipeline.edges)
  const names = pipeline.operators.map(({ name }) => name).join(', ')
  const said = label ?? `Graph of ${pipeline.name}: ${names}`
  return (
    <svg
      className={styles.picture}
      viewBox={`-4 -4 ${Math.max(drawnWidth, 208) + 8} ${height + 8}`}
      role="img"
      aria-label={said}
      aria-hidden={said === '' || undefined}
    >
      {pipeline.edges.map(edge => {
        const placed = edges.get(edge.id)
        if (placed === undefined) return null
        const { x, y } = placed.end
        return (
          <g key={edge.id}>
            <path className={styles.edge} data-side={edge.output !== null || undefined} d={placed.path} />
            <path className={styles.head} d={`M${x - 7},${y - 11} h14 L${x},${y}Z`} />
            {inputs.has(edge.id) && (
              <text className={styles.input} x={x - 12} y={y - 6}>
                {inputs.get(edge.id)}
              </text>
            )}
          </g>
        )
      })}
      {pipeline.operators.map(operator => {
        const node = nodes.get(operator.uid)
        if (node === undefined) return null
        return (
          <g key={operator.uid} transform={`translate(${node.x} ${node.y})`}>
            <rect className={styles.card} width={node.width} height={node.height} rx="10" />
            <g className={styles.icon} transform={`translate(18 ${node.height / 2 - 14})`}>
              <OperatorIcon type={operator.type} kind={operator.kind} size={28} />
            </g>
            <text className={styles.name} x="58" y={node.height / 2 + 8}>
              {cutToWidth(operator.name, node.width - BESIDE_NAME_PX, NAME_PX)}
            </text>
          </g>
        )
      })}
    </svg>
  )
}
