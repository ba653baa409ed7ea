'use client'
import { Command } from 'cmdk'
import { Search } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useEffect, useRef } from 'react'
import { Kbd, VisuallyHidden } from '@/ui/index.ts'
import { useReturnFocus } from '@/ui/overlay/use-return-focus.ts'
import styles from './palette.module.css'
import { paletteScore } from './palette-filter.ts'
import { PaletteItems } from './palette-items.tsx'

export interface PaletteProps {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}

/** One field for everything: pages, jobs, drafts, templates and actions. Opens with ⌘K or Ctrl K on every page. */
export function Palette({ open, onOpenChange }: PaletteProps) {
  const { onCloseAutoFocus } = useReturnFocus(open)
  const after = useRef<(() => void) | null>(null)
  /** The palette is not in the document any more, and the focus is where it was. */
  const gone = (event: Event): void => {
    onCloseAutoFocus(event)
    const action = after.current
    after.current = null
    // Without a place to give it back to, the focus is moved right after this event.
    if (action !== null) setTimeout(action)
  }
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      event.stopPropagation()
      onOpenChange(!open)
    }
    // Before the code editor takes the keys for itself.
    window.addEventListener('keydown', onKey, { capture: true })
    return () => window.removeEventListener('keydown', onKey, { capture: true })
  }, [open, onOpenChange])

  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles.veil} />
        <Dialog.Content onCloseAutoFocus={gone} className={styles.dialog} aria-describedby={undefined}>
          <VisuallyHidden>
            <Dialog.Title>Search or run a command</Dialog.Title>
          </VisuallyHidden>
          <Command
            label="Search or run a command"
            loop
            filter={(_value, search, words) => paletteScore(search, words ?? [])}
          >
            <div className={styles.head}>
              <Search aria-hidden="true" />
              <Command.Input className={styles.input} placeholder="Search pages, jobs, pipelines, templates, actions" />
              <Kbd>Esc</Kbd>
            </div>
            <Command.List className={styles.list} label="Results">
              <Command.Empty className={styles.none}>Nothing has this name.</Command.Empty>
              <PaletteItems
                close={action => {
                  after.current = action ?? null
                  onOpenChange(false)
                }}
              />
            </Command.List>
            <div className={styles.foot} aria-hidden="true">
              <span>
                <Kbd>↑</Kbd> <Kbd>↓</Kbd> choose
              </span>
              <span>
                <Kbd>Enter</Kbd> open
              </span>
            </div>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
