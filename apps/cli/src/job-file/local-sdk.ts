import type { PrepareContext } from '@weir/submission/prepare-job'

/**
 * The SDK of this clone, for checking and bundling jobs without a cluster. Loaded when it is needed: most commands only
 * talk to the cluster.
 */
export async function localSdk(): Promise<PrepareContext> {
  const [{ sdkModules, sdkRegistry }, { sdkBundle }] = await Promise.all([
    import('@weir/submission/sdk-modules'),
    import('@weir/submission/sdk-bundle'),
  ])
  return { registry: sdkRegistry, sdkExports: Object.keys(sdkModules.exports), sdkScript: await sdkBundle() }
}
