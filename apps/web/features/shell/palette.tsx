'use client'
export function Palette(_: { readonly open: boolean; readonly onOpenChange: (open: boolean) => void }) {
  return null
}
