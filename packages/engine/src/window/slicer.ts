import { past, type TimeWindowConfig } from './assigner.ts'

/**
 * Cuts time into slices at every start and every end of a window, so that each window is a run of whole slices and a
 * record is in one slice only, however many windows it is in. There are at most two slices for each slide ("paired
 * windows", Krishnamurthy, Wu, Franklin: On-the-fly sharing for streamed aggregation, 2006): where the size is a multiple
 * of the slide one, else the parts before and after the point in it at which windows end.
 *
 * A slice is known by its end. Tumbling windows are their own slices.
 */
export class Slicer {
  readonly sizeMs: number
  readonly slideMs: number
  readonly #offsetMs: number
  /** Where in a slide windows end; 0 where they end at its bounds. */
  readonly #cut: number

  constructor(config: TimeWindowConfig) {
    this.sizeMs = config.sizeMs
    this.slideMs = config.type === 'sliding' ? config.slideMs : config.sizeMs
    this.#offsetMs = config.offsetMs ?? 0
    this.#cut = this.slideMs > this.sizeMs ? this.sizeMs : this.sizeMs % this.slideMs
  }

  /** Whether windows are more than one slice. */
  get isShared(): boolean {
    return this.slideMs < this.sizeMs
  }

  /** The end of the slice that `time` is in. */
  endOf(time: number): number {
    const behind = past(time, this.slideMs, this.#offsetMs)
    return time - behind + (behind < this.#cut ? this.#cut : this.slideMs)
  }

  startOf(sliceEnd: number): number {
    const behind = past(sliceEnd, this.slideMs, this.#offsetMs)
    return behind === 0 ? sliceEnd - this.slideMs + this.#cut : sliceEnd - behind
  }

  /** Whether the slice lies between windows. */
  isGap(sliceEnd: number): boolean {
    return this.slideMs > this.sizeMs && past(sliceEnd, this.slideMs, this.#offsetMs) === 0
  }

  /** End of the last window that the slice is in. */
  lastWindowEnd(sliceEnd: number): number {
    const start = this.startOf(sliceEnd)
    return start - past(start, this.slideMs, this.#offsetMs) + this.sizeMs
  }

  /** End of the first window that the slice is in. */
  firstWindowEnd(sliceEnd: number): number {
    const last = this.lastWindowEnd(sliceEnd)
    return last - Math.floor((last - sliceEnd) / this.slideMs) * this.slideMs
  }

  /** Ends of the slices of a window, ascending. */
  slicesOf(windowEnd: number): number[] {
    const ends: number[] = []
    for (let at = windowEnd - this.sizeMs; at < windowEnd; ) {
      at = this.endOf(at)
      ends.push(at)
    }
    return ends
  }
}
