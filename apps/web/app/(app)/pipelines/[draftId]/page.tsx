import { CodePage } from '@/features/code/code-page'

export default async function Page({ params }: { readonly params: Promise<{ readonly draftId: string }> }) {
  const { draftId } = await params
  return <CodePage key={draftId} draftId={draftId} />
}
