'use client'
import { Upload } from 'lucide-react'
import { useRef } from 'react'
import { Button, toast } from '@/ui/index.ts'
import styles from './pipelines.module.css'

/** What the JobManager takes as a source. */
const BYTES_MAX = 32 * 1024 * 1024

export interface UploadButtonProps {
  readonly disabledReason: string | undefined
  readonly busy: boolean
  readonly onFile: (fileName: string, source: string) => void
}

/** Makes a pipeline of a job file of one's own. */
export function UploadButton({ disabledReason, busy, onFile }: UploadButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    if (file.size > BYTES_MAX) {
      toast.error(`${file.name} is too large`, { description: 'A job file has at most 32 MB.' })
      return
    }
    onFile(file.name, await file.text())
  }
  return (
    <>
      <Button
        icon={<Upload aria-hidden="true" />}
        busy={busy}
        disabled={disabledReason !== undefined}
        title={disabledReason}
        onClick={() => input.current?.click()}
      >
        Upload a job file
      </Button>
      <input
        ref={input}
        className={styles.file}
        type="file"
        accept=".ts,.js,.json"
        aria-label="Job file"
        onChange={event => {
          void take(event.target.files?.[0])
          event.target.value = ''
        }}
      />
    </>
  )
}
