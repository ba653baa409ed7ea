/** The shapes of status. Each is told from the others without its colour. */
export type MarkShape = 'run' | 'wait' | 'restart' | 'fail' | 'done' | 'cancel' | 'warn' | 'info'

const STROKE = { fill: 'none', stroke: 'currentColor', strokeWidth: 1.5 } as const
const INSIDE = { fill: 'none', stroke: 'var(--surface)', strokeWidth: 1.5, strokeLinecap: 'round' } as const

/** A shape of 12 px in the current colour: filled circle, hollow diamond, open arrow, crossed square, ticked circle, … */
export function Mark({ shape, size = 12 }: { readonly shape: MarkShape; readonly size?: number }) {
  return (
    <svg viewBox="0 0 12 12" width={size} height={size} aria-hidden="true" style={{ flex: 'none' }}>
      {drawing(shape)}
    </svg>
  )
}

function drawing(shape: MarkShape) {
  switch (shape) {
    case 'run':
      return <circle cx="6" cy="6" r="4.5" fill="currentColor" />
    case 'wait':
      return <path d="M6 1.2 10.8 6 6 10.8 1.2 6z" {...STROKE} strokeWidth={1.6} strokeLinejoin="round" />
    case 'restart':
      return <path d="M9.8 4A4.3 4.3 0 1 0 10.3 6.5M10.3 1.5V4.2H7.6" {...STROKE} strokeWidth={1.6} />
    case 'fail':
      return (
        <>
          <rect x="1" y="1" width="10" height="10" rx="2" fill="currentColor" />
          <path d="m4 4 4 4M8 4 4 8" {...INSIDE} />
        </>
      )
    case 'done':
      return (
        <>
          <circle cx="6" cy="6" r="4.7" {...STROKE} strokeWidth={1.4} />
          <path d="M3.9 6.1 5.4 7.6 8.2 4.6" {...STROKE} strokeWidth={1.4} />
        </>
      )
    case 'cancel':
      return (
        <>
          <circle cx="6" cy="6" r="4.7" {...STROKE} strokeWidth={1.4} />
          <path d="m2.8 9.2 6.4-6.4" {...STROKE} strokeWidth={1.4} />
        </>
      )
    case 'warn':
      return (
        <>
          <path d="M6 1 11.5 11H.5z" fill="currentColor" strokeLinejoin="round" />
          <path d="M6 4.5v3M6 9.2v.01" {...INSIDE} strokeWidth={1.4} />
        </>
      )
    case 'info':
      return (
        <>
          <circle cx="6" cy="6" r="5" fill="currentColor" />
          <path d="M6 5.6v3M6 3.4v.01" {...INSIDE} strokeWidth={1.4} />
        </>
      )
  }
}
