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

describe('the Origin header of a request with a session', () => {
  it('has to be that of the address that was asked', () => {
    expect(comesFromOwnPage('http://localhost:8081', 'localhost:8081', [])).toBe(true)
    expect(comesFromOwnPage('http://localhost:3000', 'localhost:8081', [])).toBe(false)
    expect(comesFromOwnPage('http://127.0.0.1:8081', 'localhost:8081', [])).toBe(false)
    expect(comesFromOwnPage('https://evil.example', 'localhost:8081', [])).toBe(false)
    expect(comesFromOwnPage('null', 'localhost:8081', [])).toBe(false)
    expect(comesFromOwnPage(undefined, 'localhost:8081', [])).toBe(false)
  })

  it('may be one of the further pages', () => {
    expect(comesFromOwnPage('http://localhost:8080', 'localhost:8081', ['http://localhost:8080'])).toBe(true)
  })
})
