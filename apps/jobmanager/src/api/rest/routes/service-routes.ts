import { z } from 'zod'
import type { ApiContext } from '../context.ts'
import { type Route, route } from '../route.ts'

const roleSchema = z.enum(['leader', 'standby'])

/** What anybody may ask: it carries no data of users. */
export function serviceRoutes({ controlPlane, metrics, version }: ApiContext): Route[] {
  return [
    route({
      method: 'GET',
      path: '/',
      alias: false,
      access: 'public',
      tag: 'service',
      summary: 'What this server is',
      answers: {
        200: z.object({ name: z.literal('weir'), version: z.string(), status: z.literal('ok'), role: roleSchema }),
      },
      async handle() {
        return { status: 200, body: { name: 'weir', version, status: 'ok', role: controlPlane.role() } }
      },
    }),
    route({
      method: 'GET',
      path: '/health',
      access: 'public',
      tag: 'service',
      summary: 'Whether this server answers',
      answers: { 200: z.object({ status: z.literal('ok'), role: roleSchema }) },
      async handle() {
        return { status: 200, body: { status: 'ok', role: controlPlane.role() } }
      },
    }),
    route({
      method: 'GET',
      path: '/metrics',
      alias: false,
      access: 'public',
      tag: 'service',
      summary: "Metrics of this process in Prometheus' text format",
      answers: {},
      answersWith: "Prometheus' text format, version 0.0.4.",
      async handle({ reply }) {
        return reply.type('text/plain; version=0.0.4; charset=utf-8').send(await metrics())
      },
    }),
  ]
}
