import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import '@/ui/tokens.css'
import '@/ui/global.css'
import type { Metadata, Viewport } from 'next'
import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { NAV_COOKIE, THEME_COOKIE, themeOf } from '@/lib/theme.ts'

export const metadata: Metadata = {
  title: { default: 'Weir', template: '%s · Weir' },
  description: 'Stream processing in TypeScript',
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  colorScheme: 'light dark',
}

/** Theme and width of the navigation come from cookies, so that no page flashes in the wrong colours. */
export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const jar = await cookies()
  const theme = themeOf(jar.get(THEME_COOKIE)?.value)
  const narrow = jar.get(NAV_COOKIE)?.value === 'narrow'
  return (
    <html
      lang="en"
      data-theme={theme === 'system' ? undefined : theme}
      data-nav={narrow ? 'narrow' : 'wide'}
      suppressHydrationWarning
    >
      <body>{children}</body>
    </html>
  )
}
