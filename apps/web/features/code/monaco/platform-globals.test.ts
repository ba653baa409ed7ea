import { expect, test } from 'vitest'
import { PLATFORM } from './platform-globals.ts'
import { languageService } from './testing.ts'

const TIMEOUT_MS = 30_000

function errorsOf(job: string): string[] {
  const service = languageService({ '/job.ts': job, '/sdk.ts': 'export {}', '/platform.d.ts': PLATFORM })
  const files = ['/platform.d.ts', '/job.ts']
  return files.flatMap(file => service.getSemanticDiagnostics(file).map(({ messageText }) => String(messageText)))
}

test(
  'functions of a job may wait, ask others, and use what Node has for texts, addresses and bytes',
  () => {
    const job = `export async function ask(page: string): Promise<{ price: number }> {
  await new Promise<void>(resolve => setTimeout(resolve, 20))
  const timer = setTimeout((word: string) => console.log(word), 5, 'late')
  clearTimeout(timer)
  const url = new URL('/prices?' + new URLSearchParams({ page }), process.env.PRICES ?? 'http://127.0.0.1')
  const headers = { 'x-id': crypto.randomUUID(), authorization: 'Basic ' + btoa(\`me:\${performance.now()}\`) }
  const response = await fetch(url, { method: 'POST', body: JSON.stringify({ page }), headers, signal: AbortSignal.timeout(100) })
  if (!response.ok) throw new Error(\`\${response.status} \${await response.text()}\`)
  const bytes = Buffer.from(new TextEncoder().encode(page)).toString('base64url')
  return structuredClone({ ...((await response.json()) as { price: number }), bytes })
}
`
    expect(errorsOf(job)).toEqual([])
  },
  TIMEOUT_MS,
)

test(
  'what only pages have is not there, and types are checked',
  () => {
    expect(errorsOf('document.title')).toEqual([expect.stringContaining("Cannot find name 'document'")])
    expect(errorsOf('fetch(3)')).toHaveLength(1)
    expect(errorsOf('const key: string = process.env.KEY')).toEqual([expect.stringContaining("'undefined'")])
    expect(errorsOf('const n: number = setTimeout(() => {}, 5)')).toHaveLength(1)
  },
  TIMEOUT_MS,
)
