'use client'
import Link from 'next/link'
import { useMe } from '@/features/shell/session.tsx'
import { Command } from '@/ui/index.ts'
import styles from './api-docs.module.css'
import type { OpenApiDocument } from './openapi-types.ts'
import type { OperationGroup } from './operations.ts'
import { InlineText, RichText } from './rich-text.tsx'

export interface ApiIntroProps {
  readonly document: OpenApiDocument
  readonly groups: readonly OperationGroup[]
}

/** What holds for every request, and what there is. */
export function ApiIntro({ document, groups }: ApiIntroProps) {
  const { jobManagerPort } = useMe().cluster
  return (
    <>
      <h1 className={styles.title}>The HTTP interface</h1>
      {document.info.description !== undefined && <RichText text={document.info.description} />}
      <section className={styles.section}>
        <h2>Try it</h2>
        <Command
          text={`curl -H "Authorization: Bearer $(./weir token)" http://127.0.0.1:${jobManagerPort}/api/v1/jobs`}
        />
      </section>
      <section className={styles.section}>
        <h2>For programs</h2>
        <p className={styles.said}>
          The same as an <a href="/openapi.json">OpenAPI 3.1 document</a>, version {document.info.version}.
        </p>
      </section>
      {groups.map(group => (
        <section key={group.name} className={styles.section}>
          <h2>{group.description === '' ? group.name : group.description}</h2>
          <div className={styles.fields}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Request</th>
                  <th scope="col">What it does</th>
                </tr>
              </thead>
              <tbody>
                {group.operations.map(({ id, method, path, summary }) => (
                  <tr key={id}>
                    <td className={styles.type}>
                      <Link href={`/api-docs?operation=${encodeURIComponent(id)}`}>
                        {method} {path}
                      </Link>
                    </td>
                    <td className={styles.said}>
                      <InlineText text={summary} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      ))}
    </>
  )
}
