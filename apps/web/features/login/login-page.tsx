'use client'
import { QueryClientProvider } from '@tanstack/react-query'
import { useSearchParams } from 'next/navigation'
import { useState } from 'react'
import { Logo } from '@/features/shell/logo.tsx'
import { safeNext } from '@/lib/go-to-login.ts'
import { createQueryClient } from '@/lib/trpc.ts'
import { PORTAL_ID, Toasts, TooltipProvider } from '@/ui/index.ts'
import { ClusterFoot } from './cluster-foot.tsx'
import styles from './login.module.css'
import { LoginNotice } from './login-notice.tsx'
import { noticeOf } from './notice-of.ts'
import { RemoteHint } from './remote-hint.tsx'
import { TokenForm } from './token-form.tsx'

/** The way in: by the link that the terminal shows, or by pasting a token. */
export function LoginPage() {
  const [queryClient] = useState(createQueryClient)
  const params = useSearchParams()
  const notice = noticeOf(params)
  return (
    <QueryClientProvider client={queryClient}>
      <TooltipProvider>
        <div className={styles.screen}>
          <main className={styles.middle}>
            <div className={styles.box}>
              <div className={styles.brand}>
                <Logo size={32} />
                weir
              </div>
              <h1 className={styles.title}>Log in to this cluster</h1>
              <p className={styles.lead}>
                Open the link that <code>npm start</code> printed, or paste a token.
              </p>
              {notice !== null && <LoginNotice notice={notice} />}
              <div className={styles.card}>
                <TokenForm next={safeNext(params.get('next'))} />
                <RemoteHint />
              </div>
            </div>
            <div id={PORTAL_ID} />
          </main>
          <ClusterFoot />
        </div>
        <Toasts />
      </TooltipProvider>
    </QueryClientProvider>
  )
}
