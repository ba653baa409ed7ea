import { sources } from '@weir/connectors/runtime'
import { WeirError } from '@weir/engine/base/errors'
import type { DiscoveryContext, SourceSplit } from '@weir/engine/operators/source'
import type { SourceCatalog } from '../dispatcher/ports.ts'

/** The sources of packages/connectors. */
export const connectorSources: SourceCatalog = {
  async discoverSplits(type: string, config: unknown, context: DiscoveryContext): Promise<readonly SourceSplit[]> {
    const source = sources.get(type)
    if (source === undefined) throw new WeirError('UNSUPPORTED', `there is no source of the type ${type}`)
    return source.discoverSplits(config, context)
  },
}
