'use client'
import { Monitor, Moon, Sun, SunMoon } from 'lucide-react'
import { setTheme, useTheme } from '@/lib/preferences.ts'
import type { Theme } from '@/lib/theme.ts'
import { IconButton, Menu, MenuChoice } from '@/ui/index.ts'

export const THEMES: readonly { readonly value: Theme; readonly label: string; readonly icon: React.ReactNode }[] = [
  { value: 'system', label: 'Like the system', icon: <Monitor aria-hidden="true" /> },
  { value: 'light', label: 'Light', icon: <Sun aria-hidden="true" /> },
  { value: 'dark', label: 'Dark', icon: <Moon aria-hidden="true" /> },
]

/** Light, dark, or as the system has it. */
export function ThemeButton() {
  const theme = useTheme()
  return (
    <Menu trigger={<IconButton bare label="Colours" icon={<SunMoon aria-hidden="true" />} />}>
      <MenuChoice label="Colours" value={theme} onChange={setTheme} options={THEMES} />
    </Menu>
  )
}
