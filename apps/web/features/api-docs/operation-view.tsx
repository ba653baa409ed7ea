'use client'
import { useMe } from '@/features/shell/session.tsx'
import { Badge, CopyButton } from '@/ui/index.ts'
import styles from './api-docs.module.css'
import { curlOf } from './curl.ts'
import { MethodMark } from './method-mark.tsx'
import type { Content, Schema } from './openapi-types.ts'
import type { Answer, Operation } from './operations.ts'
import { InlineText, RichText } from './rich-text.tsx'
import { boundsOf, typeOf } from './schema-rows.ts'
import { SchemaTable } from './schema-table.tsx'

type Resolve = (name: string) => Schema | undefined

export interface OperationViewProps {
  readonly operation: Operation
  /** A schema of the document by its name. */
  readonly resolve: Resolve
}

/** One request: what it takes, what it answers, and how to make it from a terminal. */
export function OperationView({ operation, resolve }: OperationViewProps) {
  const { method, path, summary, description, isPublic, permission, parameters, body, answers } = operation
  const { jobManagerPort } = useMe().cluster
  const curl = curlOf(operation, `http://127.0.0.1:${jobManagerPort}`, resolve)
  return (
    <>
      <h1 className={styles.title}>{summary}</h1>
      <div className={styles.line}>
        <MethodMark method={method} />
        <code className={styles.path}>{path}</code>
        <CopyButton size="tiny" text={path} label="Copy the path" />
        {isPublic ? <Badge>public</Badge> : <Badge tone="accent">{permission ?? 'logged in'}</Badge>}
      </div>
      {description !== '' && <RichText text={description} />}
      <section className={styles.section}>
        <h2>From a terminal</h2>
        <div className={styles.curl}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
          <pre tabIndex={0}>{curl}</pre>
          <span>
            <CopyButton text={curl} label="Copy the command" />
          </span>
        </div>
      </section>
      {parameters.length > 0 && (
        <section className={styles.section}>
          <h2>Parameters</h2>
          <div className={styles.fields}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Where</th>
                  <th scope="col">Type</th>
                  <th scope="col">Meaning</th>
                </tr>
              </thead>
              <tbody>
                {parameters.map(parameter => (
                  <tr key={`${parameter.in} ${parameter.name}`}>
                    <td className={parameter.required === true ? styles.name : `${styles.name} ${styles.optional}`}>
                      {parameter.name}
                    </td>
                    <td className={styles.said}>
                      {parameter.in}
                      {parameter.required === true ? '' : ', optional'}
                    </td>
                    <td className={styles.type}>{typeOf(parameter.schema ?? {})}</td>
                    <td className={styles.said}>
                      <InlineText text={parameter.description ?? parameter.schema?.description ?? ''} />{' '}
                      <span className={styles.bounds}>{boundsOf(parameter.schema ?? {})}</span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      )}
      {body !== null && (
        <section className={styles.section}>
          <h2>
            Body<small>{body.required ? 'required' : 'optional'}</small>
          </h2>
          <Bodies content={body.content} resolve={resolve} />
        </section>
      )}
      <section className={styles.section}>
        <h2>Answers</h2>
        {answers.map(answer => (
          <AnswerView key={answer.status} answer={answer} resolve={resolve} />
        ))}
      </section>
    </>
  )
}

function AnswerView({ answer, resolve }: { readonly answer: Answer; readonly resolve: Resolve }) {
  const { status, description, content } = answer
  return (
    <div className={styles.answer}>
      <p className={styles.answerHead}>
        <b data-kind={status.startsWith('2') || status.startsWith('3') ? 'ok' : 'wrong'}>{status}</b>
        <span>
          <InlineText text={description === '' ? meaningOf(status) : description} />
        </span>
      </p>
      <Bodies content={content} resolve={resolve} />
    </div>
  )
}

function meaningOf(status: string): string {
  const meanings: Readonly<Record<string, string>> = {
    '200': 'It worked.',
    '201': 'It was made.',
    '202': 'It is under way.',
    '204': 'It worked; there is no body.',
  }
  return meanings[status] ?? ''
}

function Bodies({ content, resolve }: { readonly content: Content; readonly resolve: Resolve }) {
  return Object.entries(content).map(([type, { schema }]) => (
    <SchemaTable key={type} mediaType={type} schema={schema ?? {}} resolve={resolve} />
  ))
}
