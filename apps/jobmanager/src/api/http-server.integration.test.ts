import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ADMIN_TOKEN, ApiParts, asAdmin } from '../../test/api-harness.ts'
import type { HttpServer } from './http-server.ts'

const open: HttpServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})

async function listen(parts = new ApiParts()): Promise<{ parts: ApiParts; server: HttpServer }> {
  const server = await parts.listen()
  open.push(server)
  return { parts, server }
}

/** Sends bytes as they are and gives all bytes that come back. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.setEncoding('utf8').on('data', chunk => {
    answer += chunk
  })
  socket.write(text)
  await once(socket, 'close')
  return answer
}

function get(port: number, host: string, path = '/'): Promise<string> {
  return raw(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
}

async function upload(server: HttpServer, bytes: number): Promise<Response> {
  const form = new FormData()
  form.append('job_file', new Blob([new Uint8Array(bytes).fill(47)]), 'job.ts')
  return fetch(`${server.address}/jobs/submit`, { method: 'POST', body: form, headers: asAdmin })
}

describe('the HTTP server', () => {
  it('answers under the names of this machine, and no other', async () => {
    const { server } = await listen()
    for (const host of [`127.0.0.1:${server.port}`, `localhost:${server.port}`, '[::1]']) {
      expect(await get(server.port, host), host).toMatch(/^HTTP\/1\.1 200 /)
    }
    for (const host of ['evil.example', `evil.example:${server.port}`, '10.0.0.1']) {
      for (const path of ['/', '/jobs', '/metrics', '/nowhere', '/login?token=x']) {
        const answer = await get(server.port, host, path)
        expect(answer, `${host}${path}`).toMatch(/^HTTP\/1\.1 403 /)
        expect(answer).toContain('application/problem+json')
        expect(answer).toContain(`the Host header \\"${host}\\" is not a name of this server`)
      }
    }
  })

  it('refuses a request without a Host header', async () => {
    const { server } = await listen()
    expect(await raw(server.port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /)
    expect(await raw(server.port, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /)
  })

  it('answers a 40 MB upload with 413, and the client gets to read it', async () => {
    const { server, parts } = await listen()
    const answer = await upload(server, 40 * 1024 * 1024)
    expect(answer.status).toBe(413)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({ code: 'JOB_TOO_LARGE', detail: expect.stringContaining('8 MiB') })
    expect(parts.controlPlane.submitted).toEqual([])
    expect((await upload(server, 1024)).status).toBe(201)
  })

  it('answers curl’s upload of 40 MB with 413 too', async () => {
    const { server } = await listen()
    const arguments_ = ['-s', '-o', '-', '-w', ' %{http_code}', '-H', `Authorization: Bearer ${ADMIN_TOKEN}`]
    const curl = spawn('curl', [...arguments_, '-F', 'job_file=@-;filename=job.ts', `${server.address}/jobs/submit`])
    let output = ''
    curl.stdout.on('data', chunk => {
      output += chunk
    })
    curl.stdin.end(Buffer.alloc(40 * 1024 * 1024, 47))
    expect(await once(curl, 'close')).toEqual([0, null])
    expect(output).toMatch(/larger than the limit of 8 MiB.* 413$/)
  })

  it('refuses a large upload of a caller without a token with 401, and goes on', async () => {
    const { server } = await listen()
    const form = new FormData()
    form.append('job_file', new Blob([new Uint8Array(20 * 1024 * 1024)]), 'job.ts')
    const answer = await fetch(`${server.address}/jobs/submit`, { method: 'POST', body: form })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    expect((await fetch(server.address)).status).toBe(200)
  })

  it('answers what is not HTTP, and headers that are too large, with problem+json', async () => {
    const { server } = await listen()
    const garbage = await raw(server.port, '\x16\x03\x01 hello\r\n\r\n')
    expect(garbage).toMatch(/^HTTP\/1\.1 400 Bad Request\r\ncontent-type: application\/problem\+json/)
    const large = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Filler: ${'x'.repeat(20_000)}\r\n\r\n`
    expect(await raw(server.port, large)).toMatch(/^HTTP\/1\.1 431 /)
    expect((await fetch(server.address)).status).toBe(200)
  })

  it('lives through an upload whose sender vanishes', async () => {
    const { server, parts } = await listen()
    const socket = connect(server.port, '127.0.0.1')
    const head = [
      'POST /jobs/submit HTTP/1.1',
      'Host: localhost',
      `Authorization: Bearer ${ADMIN_TOKEN}`,
      'Content-Type: multipart/form-data; boundary=b',
      'Content-Length: 100000',
    ]
    const part = '--b\r\nContent-Disposition: form-data; name="job_file"; filename="a.ts"\r\n\r\nexport'
    socket.write(`${head.join('\r\n')}\r\n\r\n${part}`)
    await new Promise(resolve => setTimeout(resolve, 50))
    socket.destroy()
    await new Promise(resolve => setTimeout(resolve, 50))
    expect((await fetch(`${server.address}/jobs`, { headers: asAdmin })).status).toBe(200)
    expect(parts.controlPlane.submitted).toEqual([])
  })

  it('logs a browser in with the link that it gives', async () => {
    const { server } = await listen()
    const made = await fetch(`${server.address}/api/v1/login-links`, { method: 'POST', headers: asAdmin })
    const { url } = (await made.json()) as { url: string }
    expect(url.startsWith(`${server.address}/login?token=`)).toBe(true)
    const opened = await fetch(url, { redirect: 'manual' })
    expect([opened.status, opened.headers.get('location')]).toEqual([303, '/'])
    const cookie = opened.headers.getSetCookie()[0] ?? ''
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict$/)
    const jobs = await fetch(`${server.address}/jobs`, { headers: { cookie: cookie.split(';', 1)[0] ?? '' } })
    expect(jobs.status).toBe(200)
  })

  it('refuses to listen beyond loopback and says why', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.10', 'example.org']) {
      await expect(new ApiParts().listen({ host })).rejects.toMatchObject({
        code: 'SETTING_INVALID',
        message: expect.stringMatching(/is not a loopback address.*no accounts of users/),
      })
    }
  })

  it('names a taken port, its variable and a free one', async () => {
    const { server } = await listen()
    await expect(new ApiParts().listen({ port: server.port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringMatching(new RegExp(`port ${server.port} .*JOBMANAGER_PORT=\\d+`)),
    })
  })

  it('lets a request that is under way end when it closes, and does not wait for idle connections', async () => {
    const { server, parts } = await listen()
    await fetch(server.address)
    let finish: () => void = () => undefined
    const started = new Promise<void>(resolve => {
      parts.controlPlane.listJobs = () => {
        resolve()
        return new Promise(done => {
          finish = () => done([])
        })
      }
    })
    const answer = fetch(`${server.address}/jobs`, { headers: asAdmin })
    await started
    const closed = server.close()
    finish()
    expect((await answer).status).toBe(200)
    const deadline = setTimeout(() => {
      throw new Error('close() did not end within 2 s')
    }, 2_000)
    await closed
    clearTimeout(deadline)
  })
})
