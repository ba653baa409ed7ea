import fastifySwagger from '@fastify/swagger'
import { jobGraphSchema, nodeSchema } from '@weir/engine/graph/job-graph'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { JSON_JOB_SCHEMA, UPLOAD_FORM } from './job-upload.ts'
import { PROBLEM_TYPE, problemSchema } from './problem.ts'
import { RAW_BODY, RAW_BODY_TYPE } from './raw-body.ts'
import type { Access } from './route.ts'

const DESCRIPTION = `The HTTP interface of Weir's JobManager.

Send \`Authorization: Bearer <token>\` with every request but those marked as public. \`./weir token\` prints the token of \
the local cluster; \`POST /api/v1/tokens\` makes further ones with fewer rights.

Every path that does not begin with /api/v1 also stands under it: \`/api/v1/jobs\` is \`/jobs\`.

Times are ISO 8601 strings in UTC, durations are in milliseconds, what is not known is null. Every error is \
application/problem+json.`

/** Names of schemas that the document holds once, as components. */
function nameComponents(): void {
  const json = nodeSchema.shape.config.unwrap().valueType
  for (const [schema, id] of [
    [jobGraphSchema, 'JobGraph'],
    [json, 'Json'],
    [problemSchema, 'Problem'],
  ] as const) {
    if (!z.globalRegistry.has(schema)) z.globalRegistry.add(schema, { id })
  }
}

/** Makes `app.swagger()` give the OpenAPI 3.1 document of all routes that are added after this. */
export async function addOpenApi(app: FastifyInstance, version: string): Promise<void> {
  nameComponents()
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Weir', version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
      tags: [
        { name: 'jobs', description: 'Submitting, watching and stopping jobs' },
        { name: 'drafts', description: 'Files for the pipelines that people write in the browser' },
        { name: 'cluster', description: 'TaskManagers and slots' },
        { name: 'access', description: 'Tokens, login links and sessions' },
        { name: 'service', description: 'What anybody may ask' },
      ],
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    },
    transform(input) {
      const { schema, url } = jsonSchemaTransform(input)
      const config = input.route.config
      if (config?.access === undefined || schema.hide === true) return { schema: { hide: true }, url }
      return {
        url,
        schema: {
          ...schema,
          description: [schema.description, accessSentence(config.access)].filter(Boolean).join('\n\n'),
          security: config.access === 'public' ? [] : [{ token: [] }],
          ...(config.upload === true ? { consumes: ['multipart/form-data'], body: UPLOAD_FORM } : {}),
          ...(config.rawBody === true ? { consumes: [RAW_BODY_TYPE], body: RAW_BODY } : {}),
          response: responses(schema.response, config.access, config.answersWith),
        },
      }
    },
    transformObject: input => withoutUnusedSchemas(jsonSchemaTransformObject(input)),
  })
}

/**
 * Each named schema comes in two forms, as it may be sent and as it is answered: the ones that nothing refers to go. The
 * form of a job that is sent as JSON stays, since uploads name it in words.
 */
function withoutUnusedSchemas<Document extends ReturnType<typeof jsonSchemaTransformObject>>(
  document: Document,
): Document {
  if (!('components' in document) || document.components?.schemas === undefined) return document
  const text = JSON.stringify(document)
  const used = Object.entries(document.components.schemas).filter(
    ([name]) => name === JSON_JOB_SCHEMA || text.includes(`"#/components/schemas/${name}"`),
  )
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(used) } }
}

function accessSentence(access: Access): string {
  if (access === 'public') return 'Public.'
  return access === 'authenticated' ? 'For every caller that is logged in.' : `Needs the permission \`${access}\`.`
}

function responses(declared: unknown, access: Access, answersWith: string | undefined): Record<string, unknown> {
  const problem = (description: string) => ({
    description,
    content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
  })
  return {
    ...(declared as Record<string, unknown> | undefined),
    ...(answersWith === undefined ? {} : { default: { description: answersWith, type: 'null' } }),
    '4XX': problem('The request or the job is wrong: `detail` says what, where and what to do'),
    ...(access === 'public' ? {} : { '5XX': problem('The cluster cannot serve the request now') }),
  }
}
