'use client'
import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from '../button/button.tsx'
import { toast } from '../feedback/toasts.tsx'

export interface CopyButtonProps {
  readonly text: string
  /** What is copied, for the tooltip: `Copy the command`. */
  readonly label?: string
  readonly size?: 'tiny' | 'small' | 'medium'
}

/** Copies a text to the clipboard and says so with a tick. */
export function CopyButton({ text, label = 'Copy', size = 'small' }: CopyButtonProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2_000)
    return () => clearTimeout(timer)
  }, [copied])
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      toast.error('The browser did not allow copying', { description: 'Mark the text and copy it with the keyboard.' })
    }
  }
  return (
    <>
      <IconButton
        size={size}
        label={copied ? 'Copied' : label}
        icon={copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
        onClick={copy}
      />
      <span role="status" hidden={!copied} aria-label={copied ? 'Copied' : undefined} />
    </>
  )
}
