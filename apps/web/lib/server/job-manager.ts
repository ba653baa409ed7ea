/** Where the JobManager listens; read at run time, since its port may be chosen at start. */
export function jobManagerAddress(env: Readonly<Record<string, string | undefined>>): {
  readonly host: string
  readonly port: number
} {
  return { host: env.WEIR_HOST || '127.0.0.1', port: Number(env.JOBMANAGER_PORT || 8081) }
}

/** As part of an address: an IPv6 address in brackets. */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
