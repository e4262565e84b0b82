import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { beginPortalView } from '../portal-view.ts'
import type { Affiliate } from '../resources-network.ts'
import { useMe } from '../session.ts'
import { affiliatePageTexts as words } from '../texts-coupons.ts'
import { FormProblem } from './form-footer.tsx'

/** Leads to the portal as the affiliate sees it, to read and not to change. */
export function SeePortal({ item: { id } }: { readonly item: Affiliate }) {
  const { workspace } = useMe()
  const begin = useMutation({
    mutationFn: () => beginPortalView({ workspace: workspace.id, affiliateId: id }),
  })
  return (
    <>
      <FormProblem problem={begin.error?.message} />
      <Button
        variant="default"
        loading={begin.isPending || begin.isSuccess}
        title={words.seePortalHint}
        onClick={() => begin.mutate()}
      >
        {words.seePortal}
      </Button>
    </>
  )
}
