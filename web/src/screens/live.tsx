import { Button, Chip, Group, Text } from '@mantine/core'
import { useState } from 'react'
import type { LiveKind } from '../live-stream.ts'
import { Empty } from '../parts/empty.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import classes from '../parts/live.module.css'
import { LiveRow } from '../parts/live-row.tsx'
import { Page } from '../parts/page.tsx'
import { liveTexts as words } from '../texts-inspector.ts'
import { type LiveState, useLive } from '../use-live.ts'

const KINDS = ['hits', 'conversions', 'deliveries'] as const

/** What happens now. */
export function Live() {
  const [kinds, setKinds] = useState<readonly LiveKind[]>(KINDS)
  const [isPaused, setPaused] = useState(false)
  const { events, missed, state, problem, clear } = useLive(kinds, isPaused)
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
      <Group justify="space-between">
        <Chip.Group
          multiple
          value={[...kinds]}
          onChange={(chosen) => setKinds(KINDS.filter((kind) => chosen.includes(kind)))}
        >
          <Group gap="xs" role="group" aria-label={words.kind}>
            {KINDS.map((kind) => (
              <Chip key={kind} value={kind} size="sm" radius="md">
                {words.kinds[kind]}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <Standing state={state} />
      </Group>
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
    </Page>
  )
}

function Standing({ state }: { readonly state: LiveState }) {
  return (
    <Text size="sm" c="dimmed" role="status" className={classes.standing} data-state={state}>
      {words.states[state]}
    </Text>
  )
}
