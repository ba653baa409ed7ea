import { z } from 'zod'
import {
  clusterMetricsBody,
  clusterMetricsSchema,
  taskManagerBody,
  taskManagerSchema,
} from '../bodies/metrics-bodies.ts'
import type { ApiContext } from '../context.ts'
import { type Route, route } from '../route.ts'

/** TaskManagers and the load of the whole. */
export function clusterRoutes({ controlPlane }: ApiContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/taskmanagers',
      access: 'cluster:read',
      tag: 'cluster',
      summary: 'All TaskManagers, with their slots',
      answers: { 200: z.array(taskManagerSchema) },
      async handle() {
        return { status: 200, body: (await controlPlane.taskManagers()).map(taskManagerBody) }
      },
    }),
    route({
      method: 'GET',
      path: '/cluster/metrics',
      access: 'cluster:read',
      tag: 'cluster',
      summary: 'Slots and jobs of the cluster in numbers',
      answers: { 200: clusterMetricsSchema },
      async handle() {
        return { status: 200, body: clusterMetricsBody(await controlPlane.clusterMetrics()) }
      },
    }),
  ]
}
