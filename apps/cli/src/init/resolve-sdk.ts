/**
 * Loaded before the tests of a project that `weir init` made (`node --import`): `@weir/sdk` and what runs jobs locally are those of this clone, though
 * the project has no node_modules.
 */
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    return next(specifier, specifier.startsWith('@weir/') ? { ...context, parentURL: import.meta.url } : context)
  },
})
