import styles from './api-docs.module.css'

/** GET, POST, … in its colour. */
export function MethodMark({ method }: { readonly method: string }) {
  return (
    <span className={styles.method} data-method={method}>
      {method}
    </span>
  )
}
