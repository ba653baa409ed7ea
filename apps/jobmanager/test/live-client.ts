import type { LiveMessage, LiveTopic } from '@weir/proto/web/live'
import { applyChanges } from '@weir/proto/web/live-delta'

export interface ReceivedMessage {
  readonly id: string
  readonly message: LiveMessage
}

/** Reads the stream of `live.watch` as a browser does, with the bytes of the wire. */
export class LiveClient {
  readonly received: ReceivedMessage[] = []
  readonly docs = new Map<string, unknown>()
  readonly lists = new Map<string, unknown[]>()
  /** Events of the stream that are no messages: `connected`, `return`, `serialized-error`. */
  readonly events: { readonly name: string; readonly data: string }[] = []
  status: number | null = null
  isEnded = false
  bytes = 0
  readonly #leaving = new AbortController()

  constructor(
    address: string,
    topics: readonly LiveTopic[],
    headers: Record<string, string>,
    lastEventId: string | null = null,
  ) {
    void this.#read(address, topics, headers, lastEventId)
  }

  leave(): void {
    this.#leaving.abort()
  }

  get lastId(): string {
    return this.received.at(-1)!.id
  }

  get kinds(): string[] {
    return this.received.map(({ message }) => message.type).filter(type => type !== 'tick')
  }

  async #read(
    address: string,
    topics: readonly LiveTopic[],
    headers: Record<string, string>,
    lastEventId: string | null,
  ): Promise<void> {
    const input = encodeURIComponent(JSON.stringify({ topics, lastEventId }))
    const url = `${address}/trpc/live.watch?input=${input}`
    try {
      const { signal } = this.#leaving
      const answer = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' }, signal })
      this.status = answer.status
      let text = ''
      for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
        this.bytes += chunk.length
        text += chunk
        const blocks = text.split('\n\n')
        text = blocks.pop()!
        for (const block of blocks) this.#take(block)
      }
    } catch (error) {
      if (!(error instanceof Error) || (error.name !== 'AbortError' && error.name !== 'TypeError')) throw error
    }
    this.isEnded = true
  }

  #take(block: string): void {
    const fields = new Map(
      block.split('\n').flatMap(line => {
        const at = line.indexOf(': ')
        return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 2)] as const]
      }),
    )
    const data = fields.get('data')
    const name = fields.get('event')
    if (name !== undefined) this.events.push({ name, data: data ?? '' })
    else if (data !== undefined) this.#message(fields.get('id') ?? '', JSON.parse(data) as LiveMessage)
  }

  #message(id: string, message: LiveMessage): void {
    this.received.push({ id, message })
    if (message.type === 'snapshot') this.docs.set(message.topic, message.doc)
    if (message.type === 'delta') {
      this.docs.set(message.topic, applyChanges(this.docs.get(message.topic), message.changes))
    }
    if (message.type === 'append') {
      const known = message.reset ? [] : (this.lists.get(message.topic) ?? [])
      this.lists.set(message.topic, [...known, ...message.items])
    }
  }
}
