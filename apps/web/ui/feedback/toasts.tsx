'use client'
import { type ExternalToast, toast as sonner, Toaster } from 'sonner'
import { Mark } from '../status/mark.tsx'
import styles from './toasts.module.css'

const show =
  (kind: 'success' | 'error' | 'info' | 'warning') =>
  (message: string, options: ExternalToast = {}): string | number =>
    // What went wrong stays until it is read.
    sonner[kind](message, kind === 'error' ? { duration: 12_000, ...options } : options)

/** A short word about what has just been done: `toast.success('Deleted orders')`. Never the only place of an error. */
export const toast = {
  success: show('success'),
  error: show('error'),
  info: show('info'),
  warning: show('warning'),
  dismiss: sonner.dismiss,
}

/** Where toasts appear; stands once in the layout. Alt+T moves the focus there. */
export function Toasts() {
  return (
    <Toaster
      position="bottom-right"
      gap={8}
      offset={16}
      visibleToasts={4}
      containerAriaLabel="Messages"
      icons={{
        success: <Mark shape="done" size={16} />,
        error: <Mark shape="fail" size={16} />,
        info: <Mark shape="info" size={16} />,
        warning: <Mark shape="warn" size={16} />,
      }}
      toastOptions={{
        unstyled: true,
        closeButton: true,
        classNames: {
          toast: styles.toast,
          title: styles.title,
          description: styles.description,
          icon: styles.icon,
          content: styles.content,
          closeButton: styles.close,
          actionButton: styles.action,
          success: styles.success,
          error: styles.error,
          info: styles.info,
          warning: styles.warning,
        },
      }}
    />
  )
}
