'use client'
import { LogOut, User } from 'lucide-react'
import { IconButton, Menu, MenuItem, MenuLabel, MenuSeparator, toast } from '@/ui/index.ts'
import { logOut } from './log-out.ts'
import { useMeOrNull } from './session.tsx'

/** Who is logged in, and the way out. */
export function UserMenu() {
  const me = useMeOrNull()
  const leave = (): void => {
    logOut().catch((error: Error) => toast.error('Not logged out', { description: error.message }))
  }
  return (
    <Menu trigger={<IconButton bare label="Account" icon={<User aria-hidden="true" />} />}>
      <MenuLabel>{me === null ? 'Account' : `${me.name} · ${me.role}`}</MenuLabel>
      <MenuSeparator />
      <MenuItem icon={<LogOut aria-hidden="true" />} onSelect={leave}>
        Log out
      </MenuItem>
    </Menu>
  )
}
