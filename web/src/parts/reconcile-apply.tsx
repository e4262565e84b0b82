import { Button, Checkbox, Group, Stack } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { Reconciliation } from '../resources-network.ts'
import { reconcileTexts as words } from '../texts-billing.ts'
import { FormProblem } from './form-footer.tsx'
import { JobProgress } from './job-progress.tsx'
import { Section } from './page.tsx'

type Wish = keyof typeof words.wishes
/** Which kind of rows a wish is about; without any it can not be chosen. */
const KIND_OF = {
  approveFound: 'found',
  applyDifferent: 'different',
  rejectMissing: 'missing',
  recordUnknown: 'unknown',
} as const
const WISHES = ['approveFound', 'applyDifferent', 'rejectMissing', 'recordUnknown'] as const

/** What is to be done with the rows of a comparison, by a job. */
export function ReconcileApply({ compared }: { readonly compared: Reconciliation }) {
  const { id, kinds } = compared
  const queries = useQueryClient()
  const [wishes, setWishes] = useState<ReadonlySet<Wish>>(new Set())
  const [confirmed, setConfirmed] = useState(false)
  const apply = useMutation({
    mutationFn: () => {
      const chosen = Object.fromEntries(WISHES.map((wish) => [wish, wishes.has(wish)]))
      const body = { ...chosen, confirmPayoutAboveRevenue: confirmed }
      return answerOf(api.POST('/api/v1/reconciliations/{id}/apply', { params: { path: { id } }, body }))
    },
  })
  const toggle = (wish: Wish) => {
    const next = new Set(wishes)
    if (!next.delete(wish)) next.add(wish)
    setWishes(next)
  }
  const refresh = () => {
    for (const name of ['reconciliations', 'conversions', 'balances']) {
      void queries.invalidateQueries({ queryKey: [name] })
    }
  }
  return (
    <Section title={words.applyTitle} aside={words.applyAside}>
      <Stack gap="sm">
        {WISHES.map((wish) => (
          <Checkbox
            key={wish}
            label={`${words.wishes[wish]} (${kinds[KIND_OF[wish]].rows})`}
            description={words.wishHints[wish]}
            checked={wishes.has(wish)}
            disabled={kinds[KIND_OF[wish]].rows === 0}
            onChange={() => toggle(wish)}
          />
        ))}
        {(wishes.has('applyDifferent') || wishes.has('recordUnknown')) && (
          <Checkbox
            label={words.confirmAbove}
            checked={confirmed}
            onChange={(event) => setConfirmed(event.currentTarget.checked)}
          />
        )}
        <FormProblem problem={apply.error?.message} />
        <Group>
          <Button loading={apply.isPending} disabled={wishes.size === 0} onClick={() => apply.mutate()}>
            {words.apply}
          </Button>
        </Group>
        {apply.data !== undefined && <JobProgress key={apply.data.id} id={apply.data.id} onEnd={refresh} />}
      </Stack>
    </Section>
  )
}
