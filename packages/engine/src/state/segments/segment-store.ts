/** Where segments are kept: files of a folder, objects of a store. Names are chosen by whoever writes. */
export interface SegmentStore {
  /**
   * When it resolves all bytes are durable under this name, and until then nothing is there under it. A name is written
   * once. Rejects where they could not be written; then the same name may be tried again.
   */
  write(name: string, parts: readonly Uint8Array[]): Promise<void>
  /** The bytes [from, to); fewer where there are fewer. undefined: there is nothing under this name. */
  read(name: string, from: number, to: number): Promise<Uint8Array | undefined>
}
