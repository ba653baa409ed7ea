'use client'
import type { Template } from '@weir/proto/web/drafts'
import { Badge, Button, PictureCard, VisuallyHidden } from '@/ui/index.ts'
import { PipelineThumbnail } from './pipeline-thumbnail.tsx'
import styles from './templates.module.css'

export interface TemplateCardProps {
  readonly template: Template
  readonly opening: boolean
  /** Why this person cannot open it. */
  readonly disabledReason: string | undefined
  readonly onOpen: () => void
}

/** One example: its graph, its sentence, what it shows, and the way to a copy of it. */
export function TemplateCard({ template, opening, disabledReason, onOpen }: TemplateCardProps) {
  const { title, sentence, pipeline, bounded, tags } = template
  return (
    <li>
      <PictureCard
        picture={<PipelineThumbnail pipeline={pipeline} height={240} />}
        title={title}
        action={
          <>
            <div className={styles.marks}>
              <Badge tone="accent">{bounded ? 'ends by itself' : 'runs until canceled'}</Badge>
              {tags.map(tag => (
                <Badge key={tag}>{tag}</Badge>
              ))}
            </div>
            <Button busy={opening} disabled={disabledReason !== undefined} title={disabledReason} onClick={onOpen}>
              {opening ? 'Opening' : 'Open'}
              <VisuallyHidden> {title}</VisuallyHidden>
            </Button>
          </>
        }
      >
        {sentence}
      </PictureCard>
    </li>
  )
}
