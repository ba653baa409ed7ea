import { expect, test } from 'vitest'
import { jobConfigView } from './job-config.ts'
import { operatorDetail } from './operator-detail.ts'
import { clicksGraph } from './testing/made-up-job.ts'
import { withoutCredentials, withoutSecrets } from './without-secrets.ts'

test('user and password of addresses are hidden, the rest stays', () => {
  for (const [shown, hidden] of [
    ['postgresql://ada:s3cret@db:5432/weir?ssl=1', 'postgresql://•••@db:5432/weir?ssl=1'],
    ['https://:only@host/', 'https://•••@host/'],
    ['amqp+ssl://a:p@ss:w@rd@host', 'amqp+ssl://•••@host'],
    ["fetch('http://u:p@h/x') and 'ftp://v:q@i'", "fetch('http://•••@h/x') and 'ftp://•••@i'"],
    ['http://127.0.0.1:8080/a@b', 'http://127.0.0.1:8080/a@b'],
    ['ssh://git@host/repo', 'ssh://git@host/repo'],
    ['data/a:b@c.csv', 'data/a:b@c.csv'],
  ])
    expect(withoutCredentials(shown!)).toBe(hidden)
})

test('secrets are found in nested settings, by their address and by their name', () => {
  expect(
    withoutSecrets({
      urls: ['kafka://u:p@h'],
      auth: { user: 'ada', password: 'x', apiKey: 'y', tokens: 3 },
      nothing: null,
    }),
  ).toEqual({
    urls: ['kafka://•••@h'],
    auth: { user: 'ada', password: '•••', apiKey: '•••', tokens: 3 },
    nothing: null,
  })
})

test('neither the card of an operator nor the settings of a job show a password', () => {
  const config = { url: 'https://ada:s3cret@api.example.com/v1', table: 'orders', fn: "x => get('http://u:s3cret@h')" }
  expect(operatorDetail({ type: 'httpSink', config })).toBe(
    "https://•••@api.example.com/v1 · orders · x => get('http://…",
  )
  const [first, ...others] = clicksGraph.job.nodes
  const graph = { ...clicksGraph.job, nodes: [{ ...first!, config }, ...others] }
  const job = { id: 'job_1', name: 'clicks', owner: null }
  const view = jobConfigView(job, { fileName: 'clicks.ts', graph, graphHash: 'h' })
  expect(JSON.stringify(view)).not.toContain('s3cret')
  expect(view.operators[0]!.config).toContain('https://•••@api.example.com/v1')
})
