import Link from 'next/link'
import { Logo } from './logo.tsx'
import styles from './screen.module.css'

/** An address that leads nowhere, outside of the frame. */
export function NotFoundScreen() {
  return (
    <main className={styles.screen}>
      <Logo size={32} />
      <h1>There is no such page</h1>
      <p>
        <Link href="/">To the home page</Link>
      </p>
    </main>
  )
}
