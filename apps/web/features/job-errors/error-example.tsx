'use client'
import type { ExceptionExample, JobPipeline } from '@weir/proto/web/job-details'
import type { JobDoc } from '@weir/proto/web/job-doc'
import { useMemo, useState } from 'react'
import { countOf, formatInteger } from '@/lib/format.ts'
import { visibleText } from '@/lib/visible-text.ts'
import { CopyButton } from '@/ui'
import { CodeLink } from './code-link.tsx'
import styles from './job-errors.module.css'
import { SourceExcerpt } from './source-excerpt.tsx'
import { parseStack } from './stack-frames.ts'

/** A longer record is cut until somebody asks for it. */
const RECORD_CHARACTERS_MAX = 400

interface ErrorExampleProps {
  readonly example: ExceptionExample
  readonly job: JobDoc
  readonly pipeline: JobPipeline
  readonly groupMessage: string
}

/** One exception in full: the line that threw it, the record at which it did, and the stack. */
export function ErrorExample({ example, job, pipeline, groupMessage }: ErrorExampleProps) {
  const { place, record, stack, message } = example
  return (
    <>
      {message !== groupMessage && <p className={styles.own}>{visibleText(message)}</p>}
      {place !== null && (
        <section className={styles.part}>
          <h4>
            {pipeline.fileName}, line {place.line}
            <CodeLink line={place.line} draftId={job.draftId} />
          </h4>
          <SourceExcerpt source={pipeline.source} line={place.line} column={place.column} />
        </section>
      )}
      {record !== null && <Record key={record} text={record} />}
      {stack !== null && <StackView stack={stack} fileName={pipeline.fileName} />}
      {place === null && stack === null && (
        <p className={styles.note}>It did not come from the code of the job: there is no line and no stack to show.</p>
      )}
    </>
  )
}

function Record({ text }: { readonly text: string }) {
  const [isWhole, setWhole] = useState(false)
  const isCut = !isWhole && text.length > RECORD_CHARACTERS_MAX
  return (
    <section className={styles.part}>
      <h4>
        Record
        <CopyButton size="tiny" text={text} label="Copy the record" />
      </h4>
      <pre className={styles.well}>
        {visibleText(isCut ? text.slice(0, RECORD_CHARACTERS_MAX) : text)}
        {isCut && '…'}
      </pre>
      {text.length > RECORD_CHARACTERS_MAX && (
        <button type="button" className={styles.link} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show less' : `Show ${formatInteger(text.length - RECORD_CHARACTERS_MAX)} more characters`}
        </button>
      )}
    </section>
  )
}

/** The stack; frames that are not of the user's file are folded, unless there are no others. */
function StackView({ stack, fileName }: { readonly stack: string; readonly fileName: string }) {
  const { head, frames } = useMemo(() => parseStack(stack, fileName), [stack, fileName])
  const [isWhole, setWhole] = useState(false)
  const own = frames.filter(({ line }) => line !== null)
  const shown = isWhole || own.length === 0 ? frames : own
  const folded = frames.length - own.length
  return (
    <section className={styles.part}>
      <h4>
        Stack
        <CopyButton size="tiny" text={stack} label="Copy the stack" />
      </h4>
      <div className={styles.well}>
        {head !== '' && <p className={styles.stackHead}>{visibleText(head)}</p>}
        <ol>
          {shown.map(({ text, line }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a recursion has equal frames
            <li key={at} className={line === null ? styles.foreign : styles.ownFrame}>
              at {visibleText(text)}
            </li>
          ))}
        </ol>
      </div>
      {own.length > 0 && folded > 0 && (
        <button type="button" className={styles.link} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'Show only the frames of the job' : `Show ${countOf(folded, 'frame')} of the engine`}
        </button>
      )}
    </section>
  )
}
