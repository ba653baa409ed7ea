/** Hands a text to the browser as a file. It is made in the page: nothing is sent anywhere. */
export function downloadText(fileName: string, mediaType: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${mediaType};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName
  link.click()
  // The download has its own hold on the blob by then, but begins after this task.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
