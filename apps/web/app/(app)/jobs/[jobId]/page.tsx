import { JobPage } from '@/features/job'

export default async function Page({ params }: { readonly params: Promise<{ readonly jobId: string }> }) {
  const { jobId } = await params
  return <JobPage key={jobId} jobId={decodeURIComponent(jobId)} />
}
