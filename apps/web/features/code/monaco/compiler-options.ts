import type { CompilerOptions } from 'monaco-editor/languages/features/typescript/register'
import { SDK_ENTRY } from './typings.ts'

/** TypeScript's own numbers: the enums that Monaco brings lack some. */
const ESNEXT = 99
const NODE_RESOLUTION = 2

/**
 * As strict as a project that `weir init` makes. No DOM: jobs run in Node. What their functions find there beside the
 * language is declared in `platform-globals.ts`.
 */
export const COMPILER_OPTIONS: CompilerOptions = {
  strict: true,
  target: ESNEXT,
  module: ESNEXT,
  moduleResolution: NODE_RESOLUTION,
  lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'],
  types: [],
  noEmit: true,
  allowJs: true,
  allowNonTsExtensions: true,
  isolatedModules: true,
  skipLibCheck: true,
  // The one module that resolves: its parts lie beside it and are reached by it alone.
  paths: { '@weir/sdk': [SDK_ENTRY] },
}
