import type { Spread } from './graph-store.ts'

const PER_FRAME = 48

/**
 * Spreads much work over the next frames, so that hundreds of cards that change in the same second do not make one long
 * frame. New work joins what is left of the old: a look is read when its card is drawn, so none is ever out of date.
 */
export function overFrames(): Spread {
  let waiting: (() => void)[] = []
  let running = false
  const step = () => {
    for (const each of waiting.splice(0, PER_FRAME)) each()
    running = waiting.length > 0
    if (running) requestAnimationFrame(step)
  }
  return work => {
    // A tab in the background has no frames: what would pile up there is done at once.
    if (document.visibilityState === 'hidden') {
      for (const each of [...waiting.splice(0), ...work]) each()
      return
    }
    waiting = [...waiting, ...work]
    if (running) return
    running = true
    step()
  }
}
