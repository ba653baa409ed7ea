import { PLATFORM } from './platform-globals.ts'

/** Where the declarations of the SDK lie for TypeScript; no folder of a disk. */
export const SDK_FOLDER = 'file:///weir-sdk'

/** The file that `@weir/sdk` means. */
export const SDK_ENTRY = `${SDK_FOLDER}/sdk/index.d.ts`

/** Made by `scripts/build-typings.mjs`. */
const ADDRESS = '/generated/weir-sdk.json'

interface Typings {
  readonly version: string
  readonly files: Readonly<Record<string, string>>
}

interface ExtraLib {
  readonly content: string
  readonly filePath: string
}

/** What jobs may use, as TypeScript reads it. Asked for when an editor is opened first. */
export async function loadTypings(): Promise<ExtraLib[]> {
  const response = await fetch(ADDRESS)
  if (!response.ok) throw new Error(`the typings of @weir/sdk cannot be loaded: ${response.status} from ${ADDRESS}`)
  const { files } = (await response.json()) as Typings
  return [
    ...Object.entries(files).map(([name, content]) => ({ content, filePath: `${SDK_FOLDER}/${name}` })),
    { content: PLATFORM, filePath: `${SDK_FOLDER}/platform.d.ts` },
  ]
}
