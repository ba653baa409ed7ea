/** The ssh line that brings the web app of another machine to the same port of this one, where its links lead. */
export function forwardLine(port: string): string {
  return `ssh -N -L ${port}:127.0.0.1:${port} you@host`
}
