/** The mark of Weir: two streams that become one. */
export function Logo({ size = 24 }: { readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      aria-hidden="true"
      style={{ color: 'var(--accent)', flex: 'none' }}
    >
      <path d="M2 7h8c3 0 3 10 6 10h6" />
      <path d="M2 12h5.5c3 0 3.2 5 5.5 5" opacity=".55" />
      <path d="M13 7v3.5" />
    </svg>
  )
}
