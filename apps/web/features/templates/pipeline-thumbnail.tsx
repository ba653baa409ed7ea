'use client'
import type { PipelineView } from '@weir/proto/web/pipeline'
import { type CSSProperties, useMemo } from 'react'
import { layoutOf, PipelinePicture } from '@/features/graph/index.ts'
import { cx } from '@/ui/index.ts'
import styles from './pipeline-thumbnail.module.css'

/** Px of the screen for one of the layout: no larger, even if there is room; no smaller, so that names can be read. */
const SCALE_MAX = 0.55
const SCALE_MIN = 0.42
/** Above and below the picture, in px of the screen. */
const PADDING_PX = 32
/** What the picture adds around the layout. */
const MARGIN_PX = 8
/** The least width that the picture gives a graph. */
const WIDTH_MIN_PX = 208

export interface PipelineThumbnailProps {
  readonly pipeline: PipelineView
  /** In px of the screen. */
  readonly height: number
  /** Named by the text beside it. */
  readonly decorative?: boolean
}

/** The picture of a pipeline on a card: as large as can be read, and fading out where it is longer than the card. */
export function PipelineThumbnail({ pipeline, height, decorative = false }: PipelineThumbnailProps) {
  const size = useMemo(() => {
    const layout = layoutOf(pipeline)
    return { width: Math.max(layout.drawnWidth, WIDTH_MIN_PX) + MARGIN_PX, height: layout.height + MARGIN_PX }
  }, [pipeline])
  const room = height - PADDING_PX
  const scale = Math.min(Math.max(room / size.height, SCALE_MIN), SCALE_MAX)
  const longer = size.height * scale > room
  return (
    <div
      className={cx(styles.thumbnail, longer && styles.longer)}
      style={{ '--height': `${height}px`, '--width': `${Math.round(size.width * scale)}px` } as CSSProperties}
    >
      <PipelinePicture pipeline={pipeline} label={decorative ? '' : undefined} />
    </div>
  )
}
