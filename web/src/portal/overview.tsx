import { Anchor, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { formatCount, formatMoney } from '../format.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Icon } from '../parts/icon.tsx'
import { Lines, Loaded } from '../parts/loaded.tsx'
import { Note } from '../parts/note.tsx'
import { Page, Section } from '../parts/page.tsx'
import { Sums } from '../parts/sums.tsx'
import { readReportQuery, todayIn } from '../report-query.ts'
import { useItems } from '../resource.ts'
import { useMe } from '../session.ts'
import { portalTexts } from '../texts-portal.ts'
import { BalanceSums, useBalance } from './balance.tsx'
import { CONVERSION_COLUMNS, conversionHref } from './conversions.tsx'
import classes from './portal.module.css'
import { postbackState } from './portal-badges.tsx'
import { findGlobalPostback, portalOffers, usePortalMe, usePostbacksOf } from './portal-data.ts'

const words = portalTexts.overview
const LATEST = 5

/** Where an affiliate begins: what is left to set up, and how it goes. */
export function Overview() {
  const { workspace } = useMe()
  const manager = usePortalMe().data?.manager
  const balance = useBalance()
  return (
    <Page title={words.title} lead={words.lead(workspace.name)}>
      <PostbackTrouble />
      <FirstSteps />
      <Section title={words.week}>
        <Week />
      </Section>
      <Section title={words.money}>
        <Loaded query={balance} skeleton={<Lines count={2} />}>
          {(found) => <BalanceSums balance={found} />}
        </Loaded>
      </Section>
      <Section title={words.latest}>
        <Latest />
      </Section>
      {manager && (
        <Text size="sm" c="dimmed">
          {portalTexts.asker(manager.name, manager.email)}
        </Text>
      )}
    </Page>
  )
}

/** A Global Postback that is not called any more is not seen otherwise. */
function PostbackTrouble() {
  const items = usePostbacksOf('').data ?? []
  const postback = findGlobalPostback(items)
  if (postback === undefined) return null
  const state = postbackState(postback)
  if (state !== 'off' && state !== 'rejected') return null
  return (
    <Note tone="bad" title={state === 'off' ? words.off : words.rejected}>
      {state === 'off' ? postback.disabledReason : postback.moderationReason}{' '}
      <Anchor href="/portal/global-postback" inherit underline="always">
        {words.toPostback}
      </Anchor>
    </Note>
  )
}

/** Stays until all of it is done. */
function FirstSteps() {
  const offers = useItems(portalOffers).data
  const items = usePostbacksOf('').data
  if (offers === undefined || items === undefined) return null
  const running = offers.find(({ link }) => link !== '')
  const hasApplied = offers.some(({ application, mayRun }) => mayRun || application.state !== 'none')
  const hasPostback = findGlobalPostback(items) !== undefined
  if (running !== undefined && hasPostback) return null
  const { steps } = words
  const rows = [
    { href: '/portal/offers', title: steps.offer, text: steps.offerText, isDone: hasApplied },
    {
      href: running === undefined ? '/portal/offers' : `/portal/offers/${running.id}`,
      title: steps.link,
      text: steps.linkText,
      isDone: running !== undefined && hasPostback,
    },
    {
      href: '/portal/global-postback',
      title: steps.postback,
      text: steps.postbackText,
      isDone: hasPostback,
    },
  ]
  return (
    <Section title={words.startTitle}>
      <ol className={classes.steps}>
        {rows.map(({ href, title, text, isDone }) => (
          <li key={title}>
            <Group gap={6}>
              <Anchor href={href} fw={600}>
                {title}
              </Anchor>
              {isDone && (
                <Text size="xs" c="dimmed">
                  <Icon name="check" size={12} /> {words.done}
                </Text>
              )}
            </Group>
            <Text size="sm" c="dimmed" mt={4}>
              {text}
            </Text>
          </li>
        ))}
      </ol>
    </Section>
  )
}

function Week() {
  const { timeZone } = useMe().workspace
  const { from, to } = readReportQuery(new URLSearchParams('range=week'), todayIn(timeZone))
  const query = useQuery({
    queryKey: ['portal/report', 'week', from, to],
    queryFn: () => {
      const metrics: ('clicks' | 'conversions' | 'payout')[] = ['clicks', 'conversions', 'payout']
      const body = {
        from,
        to,
        metrics,
        dateBasis: 'conversion' as const,
        groupBy: [],
        filters: [],
        limit: 1,
        offset: 0,
      }
      return answerOf(api.POST('/api/v1/portal/reports', { body }))
    },
  })
  const names = portalTexts.report.metrics
  return (
    <Loaded query={query} skeleton={<Lines count={2} />}>
      {({ totals, currency }) => (
        <Sums
          sums={[
            { label: names.clicks, value: formatCount(Number(totals.clicks ?? 0)) },
            { label: names.conversions, value: formatCount(Number(totals.conversions ?? 0)) },
            { label: names.payout, value: formatMoney(totals.payout ?? 0, currency) },
          ]}
        />
      )}
    </Loaded>
  )
}

function Latest() {
  const query = useQuery({
    queryKey: ['portal/conversions', 'latest'],
    queryFn: () => answerOf(api.GET('/api/v1/portal/conversions', { params: { query: { limit: LATEST } } })),
  })
  return (
    <Loaded query={query}>
      {({ items }) =>
        items.length === 0 ? (
          <Text size="sm" c="dimmed">
            {words.none}
          </Text>
        ) : (
          <>
            <DataTable
              label={words.latest}
              rows={items}
              rowKey={(row) => row.id}
              href={conversionHref}
              columns={CONVERSION_COLUMNS}
            />
            <Anchor href="/portal/conversions" size="sm">
              {words.all}
            </Anchor>
          </>
        )
      }
    </Loaded>
  )
}
