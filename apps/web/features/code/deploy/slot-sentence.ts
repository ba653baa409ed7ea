import { countOf } from '../../../lib/format.ts'

/** Whether a job can start at once, and what happens if it cannot. */
export function slotSentence(
  needed: number,
  free: number,
  total: number,
): { readonly text: string; readonly waits: boolean } {
  const needs = `Needs ${countOf(needed, 'slot')}`
  if (needed <= free) return { text: `${needs}; ${free} of ${total} are free.`, waits: false }
  const has = free === 0 ? 'none is free' : free === 1 ? '1 is free' : `${free} are free`
  const then =
    needed <= total
      ? 'The job waits until enough are.'
      : `The cluster has ${total} in all: the job waits until there are more TaskManagers, or deploy it with a lower parallelism.`
  return { text: `${needs}; ${has}. ${then}`, waits: true }
}

const PARALLELISM_MAX = 32_768

/** What was entered as parallelism: null is "as in the code". */
export function parallelismOf(text: string): { readonly value: number | null; readonly error: string | null } {
  const entered = text.trim()
  if (entered === '') return { value: null, error: null }
  const value = Number(entered)
  if (/^\d+$/.test(entered) && value >= 1 && value <= PARALLELISM_MAX) return { value, error: null }
  return { value: null, error: 'A whole number from 1 to 32,768, or nothing for what the code says.' }
}
