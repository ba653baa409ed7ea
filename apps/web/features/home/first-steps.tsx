'use client'
import { useQuery } from '@tanstack/react-query'
import type { ClusterDoc } from '@weir/proto/web/overview-doc'
import { Play } from 'lucide-react'
import { Fragment } from 'react'
import { useCreateDraft } from '@/features/pipelines/use-create-draft.ts'
import { useMe } from '@/features/shell/session.tsx'
import { useMay } from '@/features/shell/use-may.ts'
import { PipelineThumbnail } from '@/features/templates/pipeline-thumbnail.tsx'
import { countOf } from '@/lib/format.ts'
import { highlight } from '@/lib/highlight.ts'
import { useTRPC } from '@/lib/trpc.ts'
import {
  Button,
  CodePieces,
  Command,
  LinkButton,
  Mark,
  Page,
  PictureCard,
  PictureGround,
  Skeleton,
} from '@/ui/index.ts'
import styles from './first-steps.module.css'
import { useRunTemplate } from './use-run-template.ts'

/** It can be run before its picture is there, which a new JobManager draws first. */
const WORD_COUNT = { id: 'word-count', title: 'Word count' }

export interface FirstStepsProps {
  readonly cluster: ClusterDoc
}

/** What a new cluster shows: three ways in, one of them a single click away from running data. */
export function FirstSteps({ cluster }: FirstStepsProps) {
  const trpc = useTRPC()
  const { data: templates } = useQuery({ ...trpc.templates.starters.queryOptions(), staleTime: 60_000 })
  const maySubmit = useMay('jobs:submit')
  const { run, busy } = useRunTemplate()
  const { create, making } = useCreateDraft()
  const wordCount = templates?.find(({ id }) => id === 'word-count') ?? templates?.find(({ bounded }) => !bounded)
  const first = templates === undefined ? WORD_COUNT : wordCount
  const another = templates?.find(({ id }) => id !== wordCount?.id)
  return (
    <Page narrow>
      <div className={styles.first}>
        <h1>The cluster is ready. Nothing runs yet.</h1>
        <p className={styles.lead}>Start with data that is already here, and change the code while it runs.</p>
        <div className={styles.ways}>
          <PictureCard
            main
            picture={
              wordCount === undefined ? (
                <Loading />
              ) : (
                <PipelineThumbnail decorative height={208} pipeline={wordCount.pipeline} />
              )
            }
            title={`Run ${first?.title ?? WORD_COUNT.title} on demo data`}
            action={
              <Button
                look="primary"
                icon={<Play aria-hidden="true" />}
                busy={busy}
                disabled={!maySubmit.allowed || first === undefined}
                title={maySubmit.reason}
                onClick={() => first !== undefined && run(first)}
              >
                {busy ? 'Starting' : `Run ${first?.title ?? WORD_COUNT.title}`}
              </Button>
            }
          >
            {wordCount?.sentence ?? 'Sentences are made up as it runs.'} Its job opens at once, and its code is yours.
          </PictureCard>
          <PictureCard
            picture={
              another === undefined ? (
                <Loading />
              ) : (
                <PipelineThumbnail decorative height={208} pipeline={another.pipeline} />
              )
            }
            title="Start from a template"
            action={<LinkButton href="/templates">Browse templates</LinkButton>}
          >
            Examples that run as they are, on data that comes with them. Each opens as your own pipeline.
          </PictureCard>
          <PictureCard
            picture={<CodePicture />}
            title="Write code"
            action={
              <Button
                busy={making !== null}
                disabled={!maySubmit.allowed}
                title={maySubmit.reason}
                onClick={() => create({ from: 'blank' })}
              >
                New pipeline
              </Button>
            }
          >
            An editor with completion and types; the graph is drawn beside it as you type.
          </PictureCard>
        </div>
        <Ready cluster={cluster} />
        <div className={styles.terminal}>
          From a terminal: <Command text="./weir deploy examples/word-count.ts" />
        </div>
      </div>
    </Page>
  )
}

function Loading() {
  return (
    <PictureGround heightPx={208}>
      <Skeleton width="40%" height={112} />
    </PictureGround>
  )
}

const CODE = highlight(`env.addSource(clicks)
  .keyBy(c => c.user)
  .window(minute)
  .count()

export default env`)

function CodePicture() {
  return (
    <code className={styles.code} aria-hidden="true">
      {CODE.map((pieces, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the number is the identity of a line
        <Fragment key={at}>
          <CodePieces pieces={pieces} />
          {'\n'}
        </Fragment>
      ))}
    </code>
  )
}

function Ready({ cluster }: { readonly cluster: ClusterDoc }) {
  const { jobManagerPort } = useMe().cluster
  const there = cluster.taskManagersActive > 0
  return (
    <div className={styles.ready}>
      <b>This cluster</b>
      <span>
        <Mark shape="done" size={14} />
        JobManager on <code>127.0.0.1:{jobManagerPort}</code>
      </span>
      <span data-wrong={there ? undefined : true}>
        <Mark shape={there ? 'done' : 'wait'} size={14} />
        {there
          ? `${countOf(cluster.taskManagersActive, 'TaskManager')}, ${countOf(cluster.slotsFree, 'slot')} free`
          : 'No TaskManager has registered yet'}
      </span>
    </div>
  )
}
