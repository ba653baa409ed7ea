'use client'
import { useEffect, useState } from 'react'
import { formatAge } from '@/lib/format.ts'
import { type ConnectionState, useConnection } from '@/lib/live/index.ts'
import { cx, Mark, Tooltip, VisuallyHidden } from '@/ui/index.ts'
import styles from './connection-badge.module.css'

const SAID: Readonly<Record<ConnectionState, string>> = {
  live: 'Live again',
  delayed: 'The data on this page is delayed',
  disconnected: 'Disconnected from the JobManager; trying again',
}

/** Whether what is shown is fresh. A click on `Disconnected` tries at once. */
export function ConnectionBadge() {
  const connection = useConnection()
  const { state, connecting } = connection
  useTicking(state !== 'live')
  const silence = formatAge(connection.silenceMs())
  const retryIn = connection.retryInMs()
  const [wasAway, setWasAway] = useState(false)
  if (state !== 'live' && !wasAway) setWasAway(true)
  const shown = connecting && state === 'live' ? 'quiet' : state
  return (
    <>
      <Tooltip label={<Explanation state={state} silence={silence} connecting={connecting} />}>
        <button
          type="button"
          className={cx(styles.badge, styles[shown])}
          onClick={state === 'disconnected' ? connection.retryNow : undefined}
        >
          <Mark shape={shown === 'quiet' ? 'wait' : state === 'live' ? 'run' : state === 'delayed' ? 'warn' : 'fail'} />
          {shown === 'quiet' && 'Connecting'}
          {shown === 'live' && 'Live'}
          {shown === 'delayed' && `Delayed ${silence}`}
          {shown === 'disconnected' &&
            (retryIn === null || retryIn < 1_000
              ? 'Disconnected · retrying'
              : `Disconnected · retry in ${Math.ceil(retryIn / 1_000)} s`)}
        </button>
      </Tooltip>
      <VisuallyHidden>
        <span role="status">{wasAway ? SAID[state] : ''}</span>
      </VisuallyHidden>
    </>
  )
}

interface ExplanationProps {
  readonly state: ConnectionState
  readonly silence: string
  readonly connecting: boolean
}

function Explanation({ state, silence, connecting }: ExplanationProps) {
  if (connecting && state === 'live') return 'Waiting for the first data'
  if (state === 'live') return 'Numbers follow the cluster, once a second'
  if (state === 'delayed') return `Nothing has come from the JobManager for ${silence}`
  return `The JobManager cannot be reached. What you see is ${silence} old. Click to try at once.`
}

/** Draws anew every half second, for what counts down. */
function useTicking(active: boolean): void {
  const [, setTick] = useState(0)
  useEffect(() => {
    if (!active) return
    const timer = setInterval(() => setTick(tick => tick + 1), 500)
    return () => clearInterval(timer)
  }, [active])
}
