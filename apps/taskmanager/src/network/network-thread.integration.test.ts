import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChannelSettings } from '@weir/engine/network/channel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ATTACH, CREDIT, DATA, HEADER_BYTES, HELLO } from './frame-format.ts'
import { End, Manager, runUntil, Stranger, TcpRelay, until } from './testing/data-plane.ts'

const BUFFER_SIZE = 1024

let a: Manager
let b: Manager
let attempts = 0

beforeAll(async () => {
  a = await Manager.start('tm-a', BUFFER_SIZE)
  b = await Manager.start('tm-b', BUFFER_SIZE)
})

afterAll(async () => {
  expect([...a.crashes, ...b.crashes]).toEqual([])
  await Promise.all([a.thread.stop(), b.thread.stop()])
})

interface PairOptions {
  readonly settings?: Partial<ChannelSettings>
  readonly buffersPerSlot?: number
  readonly tokens?: readonly [string, string]
  /** The port at which a finds b. */
  readonly portOfB?: number
}

/** Both ends of a new attempt, attached and not connected yet. a dials b. */
function pair(options: PairOptions = {}): { left: End; right: End; ref: { jobId: string; attempt: number } } {
  const ref = { jobId: 'job_0000abcd', attempt: ++attempts }
  const { settings = {}, buffersPerSlot = 16, tokens = ['secret', 'secret'], portOfB = b.thread.port } = options
  const common = { settings: { bufferSize: BUFFER_SIZE, ...settings }, buffersPerSlot, ...ref }
  const left = new End(a, { id: 'tm-b', port: portOfB }, 0, { ...common, token: tokens[0] })
  const right = new End(b, { id: 'tm-a', port: a.thread.port }, 1, { ...common, token: tokens[1] })
  return { left, right, ref }
}

function* numbered(name: string, count: number, size = 10): Generator<unknown> {
  for (let n = 0; n < count; n++) yield { name, n, text: 'x'.repeat((n * 7) % size) }
}

const failuresOf = (manager: Manager, attempt: number) =>
  manager.failures.filter(failure => failure.attempt === attempt)

/** Records flow both ways over the attempt. */
async function flows({ left, right }: { left: End; right: End }, count = 50): Promise<void> {
  const before = [left.received.length, right.received.length]
  await runUntil(
    [
      { end: left, values: numbered('left', count) },
      { end: right, values: numbered('right', count) },
    ],
    () => left.received.length === before[0] + count && right.received.length === before[1] + count,
  )
}

describe('two TaskManagers', () => {
  it.each([
    { name: 'buffers and credit as usual', settings: {}, buffersPerSlot: 16 },
    { name: 'one buffer for each channel', settings: { channelBuffers: 1 }, buffersPerSlot: 2 },
    { name: 'one record in each buffer', settings: { channelBuffers: 1, maxBatchRecords: 1 }, buffersPerSlot: 4 },
    { name: 'little credit in records', settings: { recordCredit: 3 }, buffersPerSlot: 8 },
  ])('exchange records in order, with $name, and everything is back in the pools afterwards', async options => {
    const { left, right, ref } = pair(options)
    left.connect()
    right.connect()
    const count = 3_000
    await runUntil(
      [
        { end: left, values: numbered('left', count, 120) },
        { end: right, values: numbered('right', count, 120) },
      ],
      () => {
        for (const end of [left, right]) {
          expect(end.pool.count - end.pool.available()).toBeLessThanOrEqual(options.buffersPerSlot)
          expect(end.quota.available).toBeGreaterThanOrEqual(0)
        }
        return left.received.length >= count && right.received.length >= count
      },
    )
    expect(right.received).toEqual([...numbered('left', count, 120)])
    expect(left.received).toEqual([...numbered('right', count, 120)])
    const channelBuffers = options.settings.channelBuffers ?? 2
    await runUntil([{ end: left }, { end: right }], () =>
      [left, right].every(
        end =>
          end.pool.available() === end.pool.count &&
          // What was lent to a sender stays with it until it sends again.
          end.credits.buffers(end.outgoing) >= channelBuffers &&
          end.credits.records(end.outgoing) >= (options.settings.recordCredit ?? 1024),
      ),
    )
    expect(failuresOf(a, ref.attempt)).toEqual([])
    left.detach()
    right.detach()
  })

  it('exchange events in their place, and payloads of thousands of buffers over a few', async () => {
    const ends = pair({ settings: { channelBuffers: 1 }, buffersPerSlot: 3 })
    const { left, right } = ends
    left.connect()
    right.connect()
    const large = { text: 'abc'.repeat(1_000_000) }
    left.writer.add({ n: 1 }, 0)
    left.writer.event({ type: 'watermark', watermark: 5 })
    left.writer.add(large, 0)
    left.writer.event({ type: 'end' })
    await runUntil([{ end: left }, { end: right }], () => right.received.length === 4)
    expect(right.received).toEqual([{ n: 1 }, { type: 'watermark', watermark: 5 }, large, { type: 'end' }])
    left.detach()
    right.detach()
  })

  it('use one connection for several attempts, whose records do not meet', async () => {
    const pairs = [pair(), pair(), pair()]
    for (const { left, right } of pairs) {
      right.connect()
      left.connect()
    }
    await Promise.all(pairs.map(ends => flows(ends, 300)))
    for (const { left, right } of pairs) {
      expect(right.received).toEqual([...numbered('left', 300)])
      expect(left.received).toEqual([...numbered('right', 300)])
    }
    pairs[1].left.detach()
    pairs[1].right.detach()
    await flows(pairs[0])
    await flows(pairs[2])
    for (const { left, right } of [pairs[0], pairs[2]]) {
      left.detach()
      right.detach()
    }
  })

  it('lose nothing that a slot sends before its own TaskManager was told to connect', async () => {
    const { left, right } = pair()
    left.connect()
    const values = numbered('right', 100)
    for (let i = 0; i < 20; i++) {
      right.turn(values)
      await sleep(5)
    }
    right.connect()
    await runUntil([{ end: left }, { end: right, values }], () => left.received.length === 100)
    expect(left.received).toEqual([...numbered('right', 100)])
    left.detach()
    right.detach()
  })

  it('wait for one another: the one that connects first may be far ahead', async () => {
    for (const first of ['left', 'right'] as const) {
      const common = { settings: { bufferSize: BUFFER_SIZE }, buffersPerSlot: 16, jobId: `job_${first}`, token: 't' }
      const attempt = ++attempts
      const makeLeft = () => new End(a, { id: 'tm-b', port: b.thread.port }, 0, { ...common, attempt })
      const makeRight = () => new End(b, { id: 'tm-a', port: a.thread.port }, 1, { ...common, attempt })
      const early = first === 'left' ? makeLeft() : makeRight()
      early.connect()
      early.turn(numbered(first, 5))
      await sleep(60)
      const late = first === 'left' ? makeRight() : makeLeft()
      await sleep(20)
      late.connect()
      const ends = first === 'left' ? { left: early, right: late } : { left: late, right: early }
      await runUntil([{ end: early }, { end: late }], () => late.received.length === 5)
      await flows(ends)
      early.detach()
      late.detach()
    }
  })

  it('pass over what still comes for an attempt that is over', async () => {
    const { left, right, ref } = pair()
    left.connect()
    right.connect()
    await flows({ left, right })
    const other = pair()
    other.left.connect()
    other.right.connect()
    await flows(other)
    right.detach()
    await sleep(20)
    left.turn(numbered('left', 50))
    await sleep(50)
    await flows(other)
    expect(failuresOf(b, ref.attempt)).toEqual([])
    for (const end of [left, other.left, other.right]) end.detach()
  })
})

describe('when a connection is lost', () => {
  it('the attempt fails on both sides, and the next one connects anew', async () => {
    // Attempts share a connection, so this one belongs to TaskManagers of its own.
    const c = await Manager.start('tm-c', BUFFER_SIZE)
    const d = await Manager.start('tm-d', BUFFER_SIZE)
    const proxy = await TcpRelay.to(d.thread.port)
    try {
      const make = (attempt: number): [End, End] => {
        const options = {
          settings: { bufferSize: BUFFER_SIZE },
          buffersPerSlot: 8,
          jobId: 'job_lost',
          attempt,
          token: `t${attempt}`,
        }
        return [
          new End(c, { id: 'tm-d', port: proxy.port }, 0, options),
          new End(d, { id: 'tm-c', port: c.thread.port }, 1, options),
        ]
      }
      const [left, right] = make(1)
      left.connect()
      right.connect()
      await flows({ left, right })
      proxy.cut()
      await until(() => c.failures.length > 0 && d.failures.length > 0, 'both sides notice')
      for (const manager of [c, d]) {
        expect(manager.failures[0]).toMatchObject({ jobId: 'job_lost', attempt: 1 })
        expect(manager.failures[0].error.code).toBe('CONNECTION_LOST')
      }
      // Buffers that were on their way do not stay behind.
      for (let i = 0; i < 10; i++) {
        left.turn(numbered('left', 100))
        await sleep(5)
      }
      left.detach()
      right.detach()
      const [nextLeft, nextRight] = make(2)
      nextLeft.connect()
      nextRight.connect()
      await flows({ left: nextLeft, right: nextRight })
      expect(c.failures.filter(({ attempt }) => attempt === 2)).toEqual([])
    } finally {
      proxy.close()
      await Promise.all([c.thread.stop(), d.thread.stop()])
    }
  })

  it('a TaskManager that is gone fails the attempts of the other', async () => {
    const c = await Manager.start('tm-e', BUFFER_SIZE)
    const d = await Manager.start('tm-f', BUFFER_SIZE)
    const options = {
      settings: { bufferSize: BUFFER_SIZE },
      buffersPerSlot: 8,
      jobId: 'job_gone',
      attempt: 1,
      token: 't',
    }
    const left = new End(c, { id: 'tm-f', port: d.thread.port }, 0, options)
    const right = new End(d, { id: 'tm-e', port: c.thread.port }, 1, options)
    left.connect()
    right.connect()
    await flows({ left, right })
    await c.thread.stop()
    await until(() => d.failures.length > 0, 'the failure')
    expect(d.failures[0].error.message).toContain('tm-e')
    await d.thread.stop()
  })

  it('a peer that is not there is dialed until it is', async () => {
    const probe = createServer()
    probe.listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as { port: number }
    probe.close()
    await once(probe, 'close')
    const c = await Manager.start('tm-g', BUFFER_SIZE)
    const options = {
      settings: { bufferSize: BUFFER_SIZE },
      buffersPerSlot: 8,
      jobId: 'job_late',
      attempt: 1,
      token: 't',
    }
    const left = new End(c, { id: 'tm-h', port }, 0, options)
    left.connect()
    await until(() => c.logs.length > 0, 'a failed try')
    expect(c.logs[0]).toMatch(new RegExp(`no connection to TaskManager tm-h at 127.0.0.1:${port}`))
    const d = await Manager.start('tm-h', BUFFER_SIZE, port)
    const right = new End(d, { id: 'tm-g', port: c.thread.port }, 1, options)
    right.connect()
    await flows({ left, right })
    await Promise.all([c.thread.stop(), d.thread.stop()])
  })
})

describe('a data connection', () => {
  it('with a wrong token is closed, and the attempt of who showed it fails', async () => {
    const { left, right, ref } = pair({ tokens: ['guessed', 'secret'] })
    // On a connection of its own: one that is shared would take the attempts on it down.
    const c = await Manager.start('tm-0', BUFFER_SIZE)
    try {
      const options = { settings: { bufferSize: BUFFER_SIZE }, buffersPerSlot: 16, ...ref }
      const wrong = new End(c, { id: 'tm-b', port: b.thread.port }, 0, { ...options, attempt: 9_001, token: 'guessed' })
      const good = new End(b, { id: 'tm-0', port: c.thread.port }, 1, { ...options, attempt: 9_001, token: 'secret' })
      good.connect()
      wrong.connect()
      await until(() => c.failures.length > 0, 'the failure')
      expect(c.failures[0].error.code).toBe('CONNECTION_LOST')
      await until(() => b.logs.some(line => line.includes('tm-0 showed a wrong token')), 'a line in the log')
      wrong.turn(numbered('x', 10))
      await sleep(50)
      expect(good.received).toEqual([])
      expect(wrong.credits.buffers(wrong.outgoing)).toBe(0)
      good.detach()
    } finally {
      await c.thread.stop()
      left.detach()
      right.detach()
    }
  })

  it('between TaskManagers with different settings is refused with the words for it', async () => {
    const c = await Manager.start('tm-1', BUFFER_SIZE)
    const options = { buffersPerSlot: 16, jobId: 'job_set', attempt: 1, token: 's' }
    const left = new End(c, { id: 'tm-b', port: b.thread.port }, 0, {
      ...options,
      settings: { bufferSize: BUFFER_SIZE, recordCredit: 7 },
    })
    const right = new End(b, { id: 'tm-1', port: c.thread.port }, 1, {
      ...options,
      settings: { bufferSize: BUFFER_SIZE },
    })
    left.connect()
    right.connect()
    await until(() => b.logs.some(line => line.includes('CREDIT_INITIAL=7')), 'the log line')
    expect(b.logs.find(line => line.includes('CREDIT_INITIAL=7'))).toContain('set them alike on all TaskManagers')
    await until(() => c.failures.length > 0, 'the failure')
    right.detach()
    await c.thread.stop()
  })
})

describe('a stranger on the data port', () => {
  const hello = (stranger: Stranger, id = 'tm-x') => stranger.json(HELLO, { taskManagerId: id })
  const random = randomBytes(4_000)
  // The first word of a frame.
  random.writeUInt32LE(0, 0)

  it.each<[string, (stranger: Stranger) => unknown, RegExp]>([
    ['random bytes', stranger => stranger.bytes(random), /no frame/],
    [
      'an HTTP request',
      stranger => stranger.bytes(Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\n\r\n${' '.repeat(40)}`)),
      /no frame/,
    ],
    ['an unknown kind of frame', stranger => stranger.frame({ kind: 77 }), /unknown kind 77/],
    [
      'a HELLO of gigabytes',
      stranger => stranger.frame({ kind: HELLO, length: 0xffff_fff0 }),
      /4294967280 bytes where/,
    ],
    ['a HELLO that is no JSON', stranger => stranger.frame({ kind: HELLO }, Buffer.from('{"taskMan')), /no JSON/],
    ['a HELLO without a name', stranger => stranger.json(HELLO, [5]), /HELLO that is none/],
    ['null for a HELLO', stranger => stranger.json(HELLO, null), /HELLO that is none/],
    ['a second HELLO', stranger => hello(hello(stranger), 'tm-y'), /HELLO that is none/],
    ['DATA before HELLO', stranger => stranger.frame({ kind: DATA }, new Uint8Array(10)), /without HELLO/],
    ['ATTACH before HELLO', stranger => stranger.json(ATTACH, {}), /without HELLO/],
    ['DATA before ATTACH', stranger => hello(stranger).frame({ kind: DATA }, new Uint8Array(10)), /did not attach/],
    ['CREDIT before ATTACH', stranger => hello(stranger).frame({ kind: CREDIT, sequence: 5 }), /did not attach/],
    ['CREDIT with a body', stranger => hello(stranger).frame({ kind: CREDIT }, new Uint8Array(10)), /10 bytes where 0/],
    [
      'a frame larger than a buffer',
      stranger => hello(stranger).frame({ kind: DATA, length: BUFFER_SIZE + 1 }),
      /1025 bytes where 1024/,
    ],
    ['a large ATTACH', stranger => hello(stranger).frame({ kind: ATTACH, length: 4097 }), /4097 bytes where 4096/],
    ['an ATTACH that is no JSON', stranger => hello(stranger).frame({ kind: ATTACH }, Buffer.from([0xff])), /no JSON/],
    [
      'thousands of attempts',
      stranger => {
        hello(stranger)
        for (let key = 0; key < 5_000; key++) stranger.json(ATTACH, { jobId: 'job_no', attempt: 1, token: '' }, key)
      },
      /more than 4096 attempts/,
    ],
  ])('who sends %s is shut out with a line in the log, and nobody else notices', async (_what, act, line) => {
    const ends = pair()
    ends.left.connect()
    ends.right.connect()
    await flows(ends)
    const before = b.logs.length
    const stranger = new Stranger(b.thread.port)
    act(stranger)
    await stranger.closed
    await until(() => b.logs.slice(before).some(text => line.test(text)), `${line} in the log`)
    await flows(ends)
    expect(failuresOf(a, ends.ref.attempt)).toEqual([])
    expect(failuresOf(b, ends.ref.attempt)).toEqual([])
    ends.left.detach()
    ends.right.detach()
  })

  it('who claims to be a TaskManager is shown no token, and takes nobody’s place', async () => {
    const ends = pair()
    ends.left.connect()
    ends.right.connect()
    await flows(ends)
    const stranger = hello(new Stranger(b.thread.port), 'tm-a')
    stranger.json(
      ATTACH,
      { jobId: 'job_other', attempt: 1, token: 'secret', bufferSize: BUFFER_SIZE, recordCredit: 1024 },
      1,
    )
    await flows(ends)
    // A new attempt between the real two makes the TaskManager attach on its connection.
    const next = pair()
    next.right.connect()
    next.left.connect()
    await flows(next)
    await flows(ends)
    expect(Buffer.concat(stranger.received)).toHaveLength(0)
    expect(stranger.isClosed).toBe(false)
    expect([...failuresOf(a, ends.ref.attempt), ...failuresOf(b, ends.ref.attempt)]).toEqual([])
    stranger.socket.destroy()
    for (const end of [ends.left, ends.right, next.left, next.right]) end.detach()
  })

  it('who knows the token, but is not a TaskManager of the job, is shut out', async () => {
    const ends = pair()
    ends.right.connect()
    const stranger = hello(new Stranger(b.thread.port), 'tm-z')
    const body = { ...ends.ref, token: 'secret', bufferSize: BUFFER_SIZE, recordCredit: 1024 }
    stranger.json(ATTACH, body, 1)
    await stranger.closed
    await until(() => b.logs.some(text => text.includes('tm-z showed a wrong token')), 'a line in the log')
    ends.left.detach()
    ends.right.detach()
  })

  describe('who has the token of an attempt', () => {
    /** A raw peer `tm-p` of b, proven, with `channel` of b's end leading from it. */
    async function proven(): Promise<{ stranger: Stranger; end: End; attempt: number }> {
      const attempt = ++attempts
      const end = new End(b, { id: 'tm-p', port: 1 }, 1, {
        settings: { bufferSize: BUFFER_SIZE },
        buffersPerSlot: 8,
        jobId: 'job_raw',
        attempt,
        token: 'raw',
      })
      end.connect()
      const stranger = hello(new Stranger(b.thread.port), 'tm-p')
      stranger.json(ATTACH, { jobId: 'job_raw', attempt, token: 'raw', bufferSize: BUFFER_SIZE, recordCredit: 1024 }, 3)
      // ATTACH and CREDIT of the other side.
      await until(() => {
        const bytes = Buffer.concat(stranger.received)
        return bytes.length > HEADER_BYTES && bytes.length >= 2 * HEADER_BYTES + bytes.readUInt32LE(4)
      }, 'the answer')
      return { stranger, end, attempt }
    }

    it.each<[string, (stranger: Stranger, end: End) => unknown, RegExp]>([
      [
        'frames without credit',
        (stranger, end) => {
          for (let sequence = 0; sequence < 3; sequence++) {
            stranger.frame({ kind: DATA, attemptKey: 3, channel: end.incoming, sequence, flags: 3 }, new Uint8Array(9))
          }
        },
        /without credit in channel/,
      ],
      [
        'a frame of a channel that is not its own',
        (stranger, end) =>
          stranger.frame({ kind: DATA, attemptKey: 3, channel: end.outgoing, flags: 3 }, new Uint8Array(9)),
        /which is not its own/,
      ],
      [
        'a frame of a channel that there is not',
        stranger => stranger.frame({ kind: DATA, attemptKey: 3, channel: 99_999, flags: 3 }, new Uint8Array(9)),
        /which is not its own/,
      ],
      [
        'an empty frame',
        (stranger, end) => stranger.frame({ kind: DATA, attemptKey: 3, channel: end.incoming, flags: 3 }),
        /empty frame/,
      ],
      [
        'credit for a channel that does not lead to it',
        (stranger, end) => stranger.frame({ kind: CREDIT, attemptKey: 3, channel: end.incoming, sequence: 1 }),
        /does not lead to it/,
      ],
      [
        'credit for more than there is',
        (stranger, end) =>
          stranger.frame({ kind: CREDIT, attemptKey: 3, channel: end.outgoing, sequence: 0x7fff_ffff }),
        /more than there is/,
      ],
      [
        'credit for more records than all buffers could hold',
        (stranger, end) =>
          stranger.frame({ kind: CREDIT, attemptKey: 3, channel: end.outgoing, sequence: 1, records: 2 ** 28 + 1 }),
        /more than there is/,
      ],
      [
        'negative credit',
        (stranger, end) => stranger.frame({ kind: CREDIT, attemptKey: 3, channel: end.outgoing, sequence: -1 }),
        /more than there is/,
      ],
    ])('and sends %s is shut out, and only that attempt fails', async (_what, act, line) => {
      const ends = pair()
      ends.left.connect()
      ends.right.connect()
      await flows(ends)
      const { stranger, end, attempt } = await proven()
      act(stranger, end)
      await stranger.closed
      await until(() => failuresOf(b, attempt).length > 0, 'the failure')
      expect(failuresOf(b, attempt)[0].error.code).toBe('PROTOCOL')
      expect(failuresOf(b, attempt)[0].error.message).toMatch(line)
      await until(() => b.logs.some(text => line.test(text)), `${line} in the log`)
      await flows(ends)
      expect(failuresOf(b, ends.ref.attempt)).toEqual([])
      for (const one of [end, ends.left, ends.right]) one.detach()
    })

    it('is not shown that of another one', async () => {
      const { stranger, end } = await proven()
      const before = Buffer.concat(stranger.received).length
      const other = new End(b, { id: 'tm-p', port: 1 }, 1, {
        settings: { bufferSize: BUFFER_SIZE },
        buffersPerSlot: 8,
        jobId: 'job_else',
        attempt: ++attempts,
        token: 'of the other',
      })
      other.connect()
      const ends = pair()
      ends.left.connect()
      ends.right.connect()
      await flows(ends)
      expect(Buffer.concat(stranger.received).subarray(before)).toHaveLength(0)
      stranger.socket.destroy()
      for (const one of [end, other, ends.left, ends.right]) one.detach()
    })

    it('and goes away in the middle of a frame leaves no buffer behind', async () => {
      const { stranger, end, attempt } = await proven()
      stranger.frame({ kind: DATA, attemptKey: 3, channel: end.incoming, flags: 3, length: 500 }, new Uint8Array(100))
      await until(() => end.pool.available() === end.pool.count - 1, 'the buffer to be taken')
      stranger.socket.destroy()
      await until(() => end.pool.available() === end.pool.count, 'the buffer to come back')
      await until(() => failuresOf(b, attempt).length === 1, 'the failure')
      end.detach()
    })

    it('and whose frames come byte by byte is understood', async () => {
      const { stranger, end } = await proven()
      const body = Uint8Array.from([3, 0, 0, 0, 0])
      const chunks: Buffer[] = []
      stranger.socket.write = ((chunk: Uint8Array) =>
        chunks.push(Buffer.from(chunk)) > 0) as typeof stranger.socket.write
      stranger.frame({ kind: DATA, attemptKey: 3, channel: end.incoming, flags: 3, sequence: 0 }, body)
      Reflect.deleteProperty(stranger.socket, 'write')
      for (const byte of Buffer.concat(chunks)) {
        stranger.socket.write(Uint8Array.of(byte))
        await new Promise(resolve => setImmediate(resolve))
      }
      await runUntil([{ end }], () => end.received.length === 1)
      expect(end.received).toEqual([{ type: 'idle' }])
      stranger.socket.destroy()
      end.detach()
    })
  })
})

it('a network thread takes the next port when one is in use', async () => {
  const c = await Manager.start('tm-port', BUFFER_SIZE, a.thread.port)
  expect(c.thread.port).toBeGreaterThan(a.thread.port)
  expect(c.thread.port).toBeLessThan(a.thread.port + 200)
  await c.thread.stop()
})
