import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TextMode } from '../../nexmark/generator.ts'
import type { RaceSettings, Side } from './race-settings.ts'

interface Vector {
  readonly seed: number
  readonly rate: number
  readonly text?: TextMode
  readonly events: number
  readonly digests?: Readonly<Record<string, string>>
}

/** The small input whose digests are known: with windows and sessions that end within it. */
export interface SmallInput {
  readonly events: number
  readonly rate: number
  readonly seed: number
  readonly text: TextMode
  readonly digests: Readonly<Record<string, string>>
}

const CHECK_RATE = 2000

export function smallInput(text: TextMode): SmallInput {
  const file = join(import.meta.dirname, '../../nexmark/vectors.json')
  const { runs } = JSON.parse(readFileSync(file, 'utf8')) as { readonly runs: readonly Vector[] }
  const found = runs.find(run => run.digests !== undefined && run.rate === CHECK_RATE && (run.text ?? 'full') === text)
  if (found?.digests === undefined) throw new Error(`vectors.json has no digests at rate ${CHECK_RATE}, ${text} text`)
  return { events: found.events, rate: found.rate, seed: found.seed, text, digests: found.digests }
}

/** Runs the query on the small input on both sides; an error where one of them gives other rows than it should. */
export async function checkDigests(
  sides: readonly Side[],
  settings: RaceSettings,
  { digests, ...input }: SmallInput,
  limitMs: number,
  file?: string,
): Promise<void> {
  const expected = digests[settings.query]
  for (const side of sides) {
    const request = { ...settings, ...input, sink: 'digest', ...(file === undefined ? {} : { file }) } as const
    const { digest } = await side.run(request, limitMs)
    if (digest === expected) continue
    throw new Error(`${settings.query}: ${side.name} gives the digest ${digest}, and ${expected} is right`)
  }
}
