/** Ends the session of this browser and leads to the login page. Rejects with a sentence when that did not work. */
export async function logOut(): Promise<void> {
  const response = await fetch('/api/v1/logout', { method: 'POST', credentials: 'same-origin' })
  if (!response.ok && response.status !== 401) {
    throw new Error(`The JobManager answered ${response.status}; you are still logged in.`)
  }
  window.location.assign('/login?out=1')
}
