import type { PipelineView } from '@weir/proto/web/pipeline'
import { layoutOf } from './layout.ts'
import { OperatorIcon } from './operator-icon.tsx'
import styles from './pipeline-picture.module.css'
import { cut } from './text-width.ts'

/** At this width of a card, in px of the layout, about that many letters of the name fit at 20 px. */
const PX_PER_LETTER = 12

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
  const { width, height, nodes, edges } = layoutOf(pipeline)
  const names = pipeline.operators.map(({ name }) => name).join(', ')
  const said = label ?? `Graph of ${pipeline.name}: ${names}`
  return (
    <svg
      className={styles.picture}
      viewBox={`-4 -4 ${Math.max(width, 208) + 8} ${height + 8}`}
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
              <OperatorIcon type={operator.type} size={28} />
            </g>
            <text className={styles.name} x="58" y={node.height / 2 + 8}>
              {cut(operator.name, Math.floor((node.width - 70) / PX_PER_LETTER))}
            </text>
          </g>
        )
      })}
    </svg>
  )
}
