import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { CopyField } from './copy-field.tsx'
import { Loaded } from './loaded.tsx'
import { Note } from './note.tsx'

type ReferralLinkProps = {
  readonly workspace: string
  readonly affiliateId: string
  readonly words: { readonly link: string; readonly hint: string; readonly closed: string }
}

/** The sign-up link by which newcomers are noted as brought by an affiliate. */
export function ReferralLink({ workspace, affiliateId, words }: ReferralLinkProps) {
  const query = useQuery({
    queryKey: ['sign-up', workspace],
    queryFn: () => answerOf(api.GET('/api/v1/sign-up/{workspace}', { params: { path: { workspace } } })),
  })
  const link = `${location.origin}/sign-up/${encodeURIComponent(workspace)}?ref=${encodeURIComponent(affiliateId)}`
  return (
    <Loaded query={query}>
      {({ open }) => (
        <>
          {!open && <Note tone="look">{words.closed}</Note>}
          <CopyField label={words.link} value={link} description={words.hint} />
        </>
      )}
    </Loaded>
  )
}
