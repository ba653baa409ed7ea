'use client'
import { useQuery } from '@tanstack/react-query'
import { LayoutTemplate } from 'lucide-react'
import { useCreateDraft } from '@/features/pipelines/use-create-draft.ts'
import { useMay } from '@/features/shell/use-may.ts'
import { messageOf, useTRPC } from '@/lib/trpc.ts'
import { useUrlState } from '@/lib/use-url-state.ts'
import { useUrlText } from '@/lib/use-url-text.ts'
import {
  Button,
  Card,
  EmptyState,
  ErrorState,
  Loading,
  Page,
  PageHeader,
  PictureGround,
  SearchInput,
  Skeleton,
} from '@/ui/index.ts'
import { chosenTemplates, tagsOf } from './choose-templates.ts'
import { TemplateCard } from './template-card.tsx'
import styles from './templates.module.css'

/** Every example that runs: what it looks like, what it does, and a copy of it to work on. */
export function TemplatesPage() {
  const templates = useQuery({ ...useTRPC().templates.list.queryOptions(), staleTime: 60_000 })
  const [search, setSearch] = useUrlText('search')
  const [tag, setTag] = useUrlState('tag')
  const maySubmit = useMay('jobs:submit')
  const { create, making } = useCreateDraft()
  const chosen = chosenTemplates(templates.data ?? [], search, tag)
  return (
    <Page>
      <PageHeader title="Templates" lead="Examples that run as they are. Each opens as your own pipeline." />
      {templates.error !== null && templates.data === undefined ? (
        <ErrorState title="The templates cannot be shown" onRetry={() => void templates.refetch()}>
          {messageOf(templates.error)}
        </ErrorState>
      ) : templates.data === undefined ? (
        <TemplatesSkeleton />
      ) : (
        <>
          <div className={styles.tools}>
            <SearchInput className={styles.search} label="Search templates" value={search} onChange={setSearch} />
            <fieldset className={styles.tags} aria-label="What they show">
              {tagsOf(templates.data).map(name => (
                <button
                  key={name}
                  type="button"
                  className={styles.tag}
                  aria-pressed={tag === name}
                  onClick={() => setTag(tag === name ? null : name)}
                >
                  {name}
                </button>
              ))}
            </fieldset>
          </div>
          {chosen.length === 0 ? (
            <EmptyState
              icon={<LayoutTemplate aria-hidden="true" />}
              title={templates.data.length === 0 ? 'There are no templates in this build' : 'No template is like that'}
              actions={
                templates.data.length > 0 && (
                  <Button
                    onClick={() => {
                      setSearch('')
                      setTag(null)
                    }}
                  >
                    Show all
                  </Button>
                )
              }
            />
          ) : (
            <ul className={styles.grid}>
              {chosen.map(template => (
                <TemplateCard
                  key={template.id}
                  template={template}
                  opening={making?.from === 'template' && making.templateId === template.id}
                  disabledReason={maySubmit.reason}
                  onOpen={() => making === null && create({ from: 'template', templateId: template.id })}
                />
              ))}
            </ul>
          )}
        </>
      )}
    </Page>
  )
}

/** About as many tags as there are, of about their widths in pixels, so that the cards do not jump down when they come. */
const TAG_WIDTHS = [81, 74, 71, 82, 47, 61, 96, 51, 52, 46, 94, 67, 121, 114, 117, 112] as const

function TemplatesSkeleton() {
  return (
    <>
      <div className={styles.tools}>
        <Skeleton width={280} height={32} />
        <div className={styles.tags}>
          {TAG_WIDTHS.map(width => (
            <Skeleton key={width} width={width} height={28} />
          ))}
        </div>
      </div>
      <div className={styles.grid}>
        <Loading what="the templates" />
        {['a', 'b', 'c'].map(key => (
          <Card key={key}>
            <PictureGround heightPx={240}>
              <Skeleton width="50%" height={120} />
            </PictureGround>
            <div className={styles.waiting}>
              <Skeleton width="40%" />
              <Skeleton height={36} style={{ marginTop: 12 }} />
            </div>
          </Card>
        ))}
      </div>
    </>
  )
}
