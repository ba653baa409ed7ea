import { ERROR_CODES } from '@weir/engine/base/errors'
import { describe, expect, it } from 'vitest'
import { ApiParts } from '../../../test/api-harness.ts'

interface Operation {
  summary?: string
  security?: unknown[]
  parameters?: { name: string }[]
  responses?: Record<string, { content?: Record<string, unknown> }>
  requestBody?: { content: Record<string, unknown> }
}

async function document() {
  const app = await new ApiParts().app()
  const answer = await app.inject('/openapi.json')
  const body: { openapi: string; paths: Record<string, Record<string, Operation>>; components: { schemas: object } } =
    answer.json()
  return { app, body }
}

describe('the OpenAPI document', () => {
  it('is of version 3.1 and has every route once, with a summary, its answers and its rights', async () => {
    const { app, body } = await document()
    expect(body.openapi).toBe('3.1.0')
    const described = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(method => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    )
    const isAlias = (url: string) =>
      url.startsWith('/api/v1') && app.mountedRoutes.some(route => route.url === url.slice('/api/v1'.length))
    // What the web app's pages ask is no interface for others.
    const mounted = app.mountedRoutes
      .filter(route => route.method !== 'HEAD' && !isAlias(route.url) && !route.url.startsWith('/trpc/'))
      .map(route => `${route.method} ${route.url}`)
    expect(described.sort()).toEqual(mounted.sort())
    for (const [path, methods] of Object.entries(body.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const shown = `${method} ${path}`
        expect(operation.summary?.length, shown).toBeGreaterThan(5)
        expect(Object.keys(operation.responses ?? {}), shown).toContain('4XX')
        expect(operation.responses?.['4XX']?.content, shown).toHaveProperty('application/problem+json')
        expect(operation.security, shown).toBeDefined()
        const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
        expect(operation.parameters?.map(parameter => parameter.name) ?? [], shown).toEqual(
          expect.arrayContaining(inPath),
        )
      }
    }
  })

  it('describes the upload as multipart and the job graph as a component, and refers to nothing that is not there', async () => {
    const { body } = await document()
    expect(body.paths['/jobs/submit']?.post?.requestBody?.content).toHaveProperty('multipart/form-data')
    expect(Object.keys(body.components.schemas)).toEqual(
      expect.arrayContaining(['JobGraph', 'JobGraphInput', 'Problem']),
    )
    const references = [...JSON.stringify(body).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      match => match[1],
    )
    for (const name of references) expect(body.components.schemas).toHaveProperty(name ?? '')
    expect(references.length).toBeGreaterThan(10)
  })
})

describe('the page of the API', () => {
  it('loads nothing but its own style sheet and runs no script', async () => {
    const { app } = await document()
    const page = await app.inject('/docs')
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; style-src 'self'")
    expect(page.body).not.toMatch(/<script|https?:\/\/(?!localhost)|style="/)
    const style = await app.inject('/docs/style.css')
    expect(style.headers['content-type']).toBe('text/css; charset=utf-8')
    expect(style.body).not.toMatch(/url\(|@import/)
  })

  it('names every path and every error code', async () => {
    const { app, body } = await document()
    const page = (await app.inject('/docs')).body
    for (const path of Object.keys(body.paths)) expect(page).toContain(path.replaceAll('{', '{'))
    for (const code of Object.keys(ERROR_CODES)) expect(page).toContain(`id="${code}"`)
  })
})

describe('every answer', () => {
  it('carries headers that keep browsers from guessing, framing, caching and leaking', async () => {
    const { app } = await document()
    for (const url of ['/', '/docs', '/jobs', '/nowhere', '/login?token=x', '/metrics']) {
      const { headers } = await app.inject(url)
      expect(headers, url).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cache-control': 'no-store',
      })
      expect(headers['content-security-policy'], url).toContain("default-src 'none'")
    }
  })
})
