import type { FastifyInstance } from 'fastify'
import { STYLE, STYLE_PATH, sendPage } from '../docs/page.ts'
import { type ApiDocument, referencePage } from '../docs/reference.ts'
import { type Route, route } from '../route.ts'

/** The description of the API for programs and for people. It is the same for everybody and carries no data. */
export function docsRoutes(app: FastifyInstance): Route[] {
  return [
    route({
      method: 'GET',
      path: '/openapi.json',
      alias: false,
      access: 'public',
      tag: 'service',
      summary: 'This API as an OpenAPI 3.1 document',
      answers: {},
      answersWith: 'The document.',
      async handle({ reply }) {
        return reply.type('application/json; charset=utf-8').send(JSON.stringify(app.swagger()))
      },
    }),
    route({
      method: 'GET',
      path: '/docs',
      alias: false,
      access: 'public',
      tag: 'service',
      summary: 'This API as a page',
      answers: {},
      answersWith: 'HTML.',
      async handle({ reply }) {
        return sendPage(reply, 'API', referencePage(app.swagger() as unknown as ApiDocument))
      },
    }),
    route({
      method: 'GET',
      path: STYLE_PATH,
      alias: false,
      access: 'public',
      tag: 'service',
      summary: 'The style sheet of our pages',
      answers: {},
      answersWith: 'CSS.',
      async handle({ reply }) {
        return reply.type('text/css; charset=utf-8').send(STYLE)
      },
    }),
  ]
}
