import { Button, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatMoney } from '../format.ts'
import { useActorName } from '../resources.ts'
import type { Side } from '../resources-network.ts'
import { useMe } from '../session.ts'
import { adjustmentTexts as words } from '../texts-coupons.ts'
import { ADJUSTMENTS, AdjustButton } from './adjustment-form.tsx'
import classes from './list-lines.module.css'
import { Loaded } from './loaded.tsx'
import { Section } from './page.tsx'
import { When } from './when.tsx'

const PAGE_SIZE = 5

type AdjustmentsProps = {
  readonly side: Side
  readonly party: { readonly id: string; readonly name: string }
}

/** What was booked by hand for a party, newest first, and booking more. */
export function Adjustments({ side, party }: AdjustmentsProps) {
  const { currency } = useMe().workspace
  const actorName = useActorName()
  const query = useInfiniteQuery({
    queryKey: [ADJUSTMENTS, side, party.id],
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === undefined ? {} : { cursor: pageParam }
      const params = { query: { side, party: party.id, limit: PAGE_SIZE, ...cursor } }
      return answerOf(api.GET('/api/v1/balance-adjustments', { params }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
  return (
    <Section title={words.title} aside={words.aside}>
      <Loaded query={query}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items)
          if (items.length === 0) return <Text size="sm">{words.none}</Text>
          return (
            <ul className={classes.lines}>
              {items.map(({ id, amount, reason, actor, createdAt }) => (
                <li key={id}>
                  <div className={classes.text}>
                    {reason}
                    <Text size="xs" c="dimmed">
                      <When at={createdAt} /> · {actorName(actor)}
                    </Text>
                  </div>
                  <span className={classes.amount} data-bad={Number(amount) < 0 || undefined}>
                    {formatMoney(amount, currency)}
                  </span>
                </li>
              ))}
            </ul>
          )
        }}
      </Loaded>
      {query.hasNextPage && (
        <Button variant="subtle" size="compact-xs" w="fit-content" onClick={() => void query.fetchNextPage()}>
          {words.more}
        </Button>
      )}
      <AdjustButton side={side} party={party} />
    </Section>
  )
}
