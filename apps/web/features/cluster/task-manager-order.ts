import type { TaskManagerDoc } from '@weir/proto/web/overview-doc'

/** By id as people count: tm-2 before tm-10. */
export function byId(a: Pick<TaskManagerDoc, 'id'>, b: Pick<TaskManagerDoc, 'id'>): number {
  return a.id.localeCompare(b.id, 'en', { numeric: true })
}

/** The slots of a TaskManager in the order of their index, each with the job that holds it; null is free. */
export function slotsOf({ slots }: Pick<TaskManagerDoc, 'slots'>): readonly (readonly [number, string | null])[] {
  return Object.entries(slots)
    .map(([index, jobId]) => [Number(index), jobId] as const)
    .sort(([a], [b]) => a - b)
}
