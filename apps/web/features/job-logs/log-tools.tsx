'use client'
import type { LogItem } from '@weir/proto/web/job-details'
import { Copy, Download } from 'lucide-react'
import { downloadText } from '@/lib/download-text.ts'
import { fileNameOf } from '@/lib/file-name.ts'
import { countOf, formatInteger } from '@/lib/format.ts'
import { useTyped } from '@/lib/use-typed.ts'
import { changeUrl } from '@/lib/use-url-state.ts'
import { IconButton, SearchInput, SegmentedControl, Select, Toolbar, toast } from '@/ui'
import styles from './job-logs.module.css'
import type { LogFilter } from './log-level.ts'
import { logText } from './log-text.ts'

/** The server searches: a pause in typing this long, so that it does not search for every letter. */
const TYPING_PAUSE_MS = 350

interface LogToolsProps {
  readonly jobName: string
  /** Of the operators. */
  readonly names: readonly string[]
  readonly operator: string | null
  readonly subtasks: number
  readonly subtask: number | null
  readonly level: LogFilter
  readonly search: string
  readonly shown: readonly LogItem[]
}

/** Which lines, and the way to take them along. */
export function LogTools(props: LogToolsProps) {
  const { jobName, names, operator, subtasks, subtask, level, shown } = props
  const [text, setText] = useTyped(props.search, TYPING_PAUSE_MS, search => changeUrl({ 'log-search': search }))
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(logText(shown))
      toast.success(`${countOf(shown.length, 'line')} copied`)
    } catch {
      toast.error('The browser did not allow copying', { description: 'Download the lines instead.' })
    }
  }
  return (
    <Toolbar label="Lines">
      <Select
        className={styles.operator}
        aria-label="Operator"
        value={operator ?? ''}
        onChange={event => changeUrl({ 'log-operator': event.target.value, 'log-subtask': null })}
        options={[
          { value: '', label: 'All operators, and the cluster' },
          ...names.map(name => ({ value: name, label: name })),
        ]}
      />
      {subtasks > 1 && (
        <Select
          className={styles.subtask}
          aria-label="Subtask"
          value={subtask === null ? '' : String(subtask)}
          onChange={event => changeUrl({ 'log-subtask': event.target.value })}
          options={[
            { value: '', label: 'All subtasks' },
            ...Array.from({ length: subtasks }, (_, index) => ({ value: String(index), label: `Subtask ${index}` })),
          ]}
        />
      )}
      <SegmentedControl<LogFilter>
        label="Level"
        value={level}
        onChange={value => changeUrl({ 'log-level': value === 'all' ? null : value })}
        options={[
          { value: 'all', label: 'All' },
          { value: 'warn', label: 'Warnings' },
          { value: 'error', label: 'Errors' },
        ]}
      />
      <SearchInput className={styles.search} label="Search messages" value={text} maxLength={200} onChange={setText} />
      <span className={styles.count}>
        <b>{formatInteger(shown.length)}</b>
        {shown.length === 1 ? ' line' : ' lines'}
      </span>
      <IconButton
        label="Copy the lines shown"
        icon={<Copy aria-hidden="true" />}
        disabled={shown.length === 0}
        onClick={copy}
      />
      <IconButton
        label="Download the lines shown"
        icon={<Download aria-hidden="true" />}
        disabled={shown.length === 0}
        onClick={() => downloadText(fileNameOf([jobName, 'log'], 'txt'), 'text/plain', logText(shown))}
      />
    </Toolbar>
  )
}
