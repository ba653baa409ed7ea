import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { EPOCH_EVENTS, Generator, type TextMode } from '../../nexmark/generator.ts'

export interface EventsOfFile {
  readonly events: number
  readonly rate: number
  readonly seed: number
  readonly text: TextMode
}

const LINES_PER_WRITE = 10_000

/** Writes the events as NDJSON. */
export async function writeEvents(path: string, { events, ...options }: EventsOfFile): Promise<void> {
  const generator = new Generator(options)
  const stream = createWriteStream(path)
  const failed = new Promise<never>((_, reject) => stream.once('error', reject))
  let lines: string[] = []
  const output = { blocked: false, collect: (event: unknown): void => void lines.push(JSON.stringify(event)) }
  for (let epoch = 0; epoch * EPOCH_EVENTS < events; epoch++) {
    generator.emit(epoch, 0, Math.min(EPOCH_EVENTS, events - epoch * EPOCH_EVENTS), output)
    if (lines.length < LINES_PER_WRITE && (epoch + 1) * EPOCH_EVENTS < events) continue
    const text = `${lines.join('\n')}\n`
    lines = []
    if (!stream.write(text)) await Promise.race([once(stream, 'drain'), failed])
  }
  const closed = once(stream, 'close')
  stream.end()
  await Promise.race([closed, failed])
}
