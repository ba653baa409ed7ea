import { resolve } from 'node:path'
import { WeirError } from '@weir/engine/base/errors'
import type { DiscoveryContext, SourceSplit } from '@weir/engine/operators/source'
import type { SourceCatalog } from '../dispatcher/ports.ts'
import type { PathRules } from './path-rules.ts'

/**
 * Lists the input of sources, and refuses files that jobs may not read: a folder or a pattern that is allowed in itself may
 * hold some, or a link to some. A split of files names its file as `path`.
 */
export class ConfinedSources implements SourceCatalog {
  readonly #sources: SourceCatalog
  readonly #rules: PathRules

  constructor(sources: SourceCatalog, rules: PathRules) {
    this.#sources = sources
    this.#rules = rules
  }

  async discoverSplits(type: string, config: unknown, context: DiscoveryContext): Promise<readonly SourceSplit[]> {
    const splits = await this.#sources.discoverSplits(type, config, context)
    const paths = new Set(splits.map(pathOfSplit).filter(path => path !== null))
    for (const path of paths) {
      const why = await this.#rules.refusal(resolve(context.workdir, path), 'read')
      if (why !== null) throw new WeirError('PATH_NOT_ALLOWED', `the job may not read ${path}: ${why}`)
    }
    return splits
  }
}

function pathOfSplit({ state }: SourceSplit): string | null {
  if (typeof state !== 'object' || state === null || !('path' in state)) return null
  return typeof state.path === 'string' ? state.path : null
}
