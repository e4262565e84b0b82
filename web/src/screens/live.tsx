import { Button, Chip, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { useAddressFilter } from '../address-filter.ts'
import type { LiveKind } from '../live-stream.ts'
import { Empty } from '../parts/empty.tsx'
import { FilterBar } from '../parts/filter-bar.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import classes from '../parts/live.module.css'
import { useLiveFields } from '../parts/live-fields.tsx'
import { LiveRow } from '../parts/live-row.tsx'
import { Page } from '../parts/page.tsx'
import { setQuery } from '../router.tsx'
import { isKey, texts } from '../texts.ts'
import { liveTexts as words } from '../texts-inspector.ts'
import { EVENTS_MAX, type LiveState, type Resumed, useLive } from '../use-live.ts'

const KINDS = ['hits', 'conversions', 'deliveries'] as const
const FILTERS = ['campaignId', 'outcome', 'affiliateNetworkId', 'affiliateId', 'targetId', 'state'] as const

/** What happens now, as far as one wants to see it; the address says how far. */
export function Live() {
  const filter = useAddressFilter(FILTERS)
  const fields = useLiveFields()
  const [isPaused, setPaused] = useState(false)
  const kinds = kindsOf(useAddressFilter(['kinds']).kinds)
  const { events, missed, state, resumed, problem, clear } = useLive(kinds, isPaused, {
    ...filter,
    outcome: isKey(texts.outcome, filter.outcome) ? filter.outcome : '',
    state: isKey(texts.status, filter.state) || isKey(texts.delivery, filter.state) ? filter.state : '',
  })
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <>
          <Button variant="default" onClick={() => setPaused(!isPaused)}>
            {isPaused ? words.resume : words.pause}
          </Button>
          <Button variant="subtle" color="gray" onClick={clear} disabled={events.length === 0}>
            {words.clear}
          </Button>
        </>
      }
    >
      <Group justify="space-between" gap="sm">
        <Kinds kinds={kinds} />
        <Standing state={state} resumed={resumed} />
      </Group>
      <FilterBar values={filter} {...fields} />
      <FormProblem problem={problem} />
      {missed > 0 && (
        <Text size="sm" c="dimmed" role="status">
          {words.missed(missed)}
        </Text>
      )}
      {events.length === 0 ? (
        <Empty icon="live" title={words.emptyTitle} text={words.emptyText} />
      ) : (
        <ol className={classes.events} aria-label={words.log}>
          {events.map((event) => (
            <LiveRow key={event.key} event={event} />
          ))}
        </ol>
      )}
      {events.length === EVENTS_MAX && (
        <Text size="sm" c="dimmed">
          {words.full(EVENTS_MAX)}
        </Text>
      )}
    </Page>
  )
}

function Kinds({ kinds }: { readonly kinds: readonly LiveKind[] }) {
  const choose = (chosen: readonly string[]) =>
    setQuery({ kinds: chosen.length === KINDS.length ? undefined : chosen.join(',') || 'none' })
  return (
    <Chip.Group multiple value={[...kinds]} onChange={choose}>
      <Group gap="xs" role="group" aria-label={words.kind}>
        {KINDS.map((kind) => (
          <Chip key={kind} value={kind} size="sm" radius="md">
            {words.kinds[kind]}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  )
}

type StandingProps = { readonly state: LiveState; readonly resumed: Resumed | undefined }

function Standing({ state, resumed }: StandingProps) {
  return (
    <Text size="sm" c="dimmed" role="status" className={classes.standing} data-state={state}>
      {state === 'open' && resumed !== undefined ? words.resumed[resumed] : words.states[state]}
    </Text>
  )
}

/** All, when the address names none. */
function kindsOf(text: string): readonly LiveKind[] {
  return text === '' ? KINDS : KINDS.filter((kind) => text.split(',').includes(kind))
}
