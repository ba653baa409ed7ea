import { describe, expect, it } from 'vitest'
import { comesFromOwnPage, namesThisServer } from './request-origin.ts'

describe('the Host header', () => {
  it.each(['localhost:8081', 'LOCALHOST', '127.0.0.1:8081', '127.0.0.1', '127.8.9.10:1', '[::1]:8081', '[::1]'])(
    'may be %s',
    host => expect(namesThisServer(host, '127.0.0.1')).toBe(true),
  )

  it.each([
    undefined,
    '',
    'evil.example',
    'evil.example:8081',
    'localhost.evil.example',
    '127.0.0.1.evil.example:8081',
    '127.evil.example',
    '127.0.0.999',
    '192.168.0.1:8081',
    '[::2]:8081',
    'localhost:8081@evil.example',
    'localhost:8081/x',
    ' localhost',
  ])('may not be %s', host => expect(namesThisServer(host, '127.0.0.1')).toBe(false))

  it('may be the name in WEIR_HOST', () => {
    expect(namesThisServer('127.0.0.5:80', '127.0.0.5')).toBe(true)
  })
})

describe('the page that a request with a session comes from', () => {
  const own = (origin: string | undefined, pageOrigins: readonly string[] = [], site?: string) =>
    comesFromOwnPage({ host: 'localhost:8081', origin, 'sec-fetch-site': site }, pageOrigins)

  it('has to be of the address that was asked', () => {
    expect(own('http://localhost:8081')).toBe(true)
    expect(own('http://localhost:3000')).toBe(false)
    expect(own('http://127.0.0.1:8081')).toBe(false)
    expect(own('https://evil.example')).toBe(false)
    expect(own('null')).toBe(false)
    expect(own(undefined)).toBe(false)
  })

  it('may be one of the web app', () => {
    expect(own('http://localhost:8080', ['http://localhost:8080'])).toBe(true)
  })

  it('is known by Sec-Fetch-Site where the request only reads, or came through a tunnel', () => {
    expect(own(undefined, [], 'same-origin')).toBe(true)
    expect(own('http://localhost:18080', [], 'same-origin')).toBe(true)
    for (const site of ['same-site', 'cross-site', 'none']) {
      expect(own(undefined, [], site), site).toBe(false)
      expect(own('http://localhost:3000', [], site), site).toBe(false)
    }
  })
})
