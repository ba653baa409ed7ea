'use client'
import { Braces, ChevronRight, LayoutTemplate } from 'lucide-react'
import Link from 'next/link'
import { useCreateDraft } from '@/features/pipelines/use-create-draft.ts'
import { useMay } from '@/features/shell/use-may.ts'
import { Card } from '@/ui/index.ts'
import styles from './home.module.css'

/** The ways to something new, for somebody who has been here before. */
export function StartCard() {
  const maySubmit = useMay('jobs:submit')
  const { create, making } = useCreateDraft()
  return (
    <Card title="Start something">
      <ul>
        {maySubmit.allowed && (
          <li>
            <button
              type="button"
              className={styles.startRow}
              aria-busy={making !== null}
              onClick={making === null ? () => create({ from: 'blank' }) : undefined}
            >
              <Braces className={styles.icon} size={16} aria-hidden="true" />
              <span className={styles.grow}>
                <b>Write code</b>
                <span className={styles.detail}>TypeScript with completion and a live graph</span>
              </span>
              <ChevronRight className={styles.icon} size={16} aria-hidden="true" />
            </button>
          </li>
        )}
        <li>
          <Link className={styles.startRow} href="/templates">
            <LayoutTemplate className={styles.icon} size={16} aria-hidden="true" />
            <span className={styles.grow}>
              <b>Start from a template</b>
              <span className={styles.detail}>Examples that run as they are</span>
            </span>
            <ChevronRight className={styles.icon} size={16} aria-hidden="true" />
          </Link>
        </li>
      </ul>
    </Card>
  )
}
