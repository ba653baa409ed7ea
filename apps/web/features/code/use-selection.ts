'use client'
import { useCallback, useEffect, useRef } from 'react'
import { useUrlState } from '@/lib/use-url-state'
import type { CodeSession } from './code-session.ts'
import { useStore } from './store.ts'

/**
 * The operator that is selected, in the address. It follows the caret, and the caret follows it: whoever moved last
 * leads.
 */
export function useSelection(session: CodeSession): [string | null, (uid: string | null) => void] {
  const [selected, setSelected] = useUrlState('operator')
  const underCaret = useStore(session.operator)
  const operators = useStore(session.operators)
  const fromAddress = useRef(selected)

  // The address that the page was opened with leads once, as soon as it is known where its operator stands.
  useEffect(() => {
    const uid = fromAddress.current
    if (uid === null || !operators.has(uid)) return
    fromAddress.current = null
    session.goToOperator(uid)
  }, [session, operators])

  useEffect(() => {
    if (fromAddress.current !== null && operators.size === 0) return
    fromAddress.current = null
    setSelected(underCaret)
  }, [underCaret, operators, setSelected])

  const select = useCallback(
    (uid: string | null) => {
      setSelected(uid)
      if (uid !== null) session.goToOperator(uid)
    },
    [session, setSelected],
  )
  return [selected, select]
}
