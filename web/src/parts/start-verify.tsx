import { Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { answerOf, api } from '../api.ts'
import { formatMoney, formatTime } from '../format.ts'
import { useMe } from '../session.ts'
import { startTexts } from '../texts-start.ts'
import { CopyField } from './copy-field.tsx'
import { Icon } from './icon.tsx'
import { Note } from './note.tsx'
import classes from './start-step.module.css'

const words = startTexts.verify
const LOOK_MS = 2_000

/** Whose visits and conversions are waited for. */
export type Watched =
  | { readonly campaignId: string }
  | { readonly offerId: string; readonly affiliateId: string }

type StartVerifyProps = {
  readonly watched: Watched
  readonly link: string
  /** Reports a conversion of the click as the other side would. */
  readonly testPostback: (clickId: string) => string
  readonly reportHint: string
  readonly done: ReactNode
}

/** Two ticks that turn green when a real click and a real conversion arrive. */
export function StartVerify({ watched, link, testPostback, reportHint, done }: StartVerifyProps) {
  const { timeZone } = useMe().workspace
  const { visit, conversion } = useArrivals(watched)
  const clickId = conversion?.clickId || visit?.clickId
  const isDone = visit !== undefined && conversion !== undefined
  return (
    <Stack gap="md">
      <ul className={classes.ticks}>
        <Tick
          title={words.click}
          isDone={clickId !== undefined}
          text={visit === undefined ? words.clickWaits : words.clickDone(formatTime(visit.at, timeZone))}
        >
          {clickId === undefined ? (
            <Button component="a" href={link} target="_blank" rel="noreferrer" variant="default" size="xs">
              {words.open}
            </Button>
          ) : (
            <Anchor href={`/visits/${encodeURIComponent(clickId)}`} size="sm">
              {words.story}
            </Anchor>
          )}
        </Tick>
        <ConversionTick {...{ conversion, clickId, testPostback, reportHint }} />
      </ul>
      {conversion === undefined && clickId !== undefined && (
        <CopyField
          label={words.testPostback}
          value={testPostback(clickId)}
          description={words.testPostbackHint}
        />
      )}
      {isDone && (
        <Note tone="good" live>
          <Group justify="space-between">
            <span>{words.both}</span>
            {done}
          </Group>
        </Note>
      )}
    </Stack>
  )
}

type ConversionTickProps = Pick<StartVerifyProps, 'testPostback' | 'reportHint'> & {
  readonly conversion: ReturnType<typeof useArrivals>['conversion']
  readonly clickId: string | undefined
}

function ConversionTick({ conversion, clickId, testPostback, reportHint }: ConversionTickProps) {
  return (
    <Tick
      title={words.conversion}
      isDone={conversion !== undefined}
      text={
        conversion !== undefined
          ? words.conversionDone(conversion.event, formatMoney(conversion.revenue, conversion.currency))
          : clickId === undefined
            ? words.conversionWaits
            : reportHint
      }
    >
      {conversion === undefined && clickId !== undefined && (
        <Button
          component="a"
          href={testPostback(clickId)}
          target="_blank"
          rel="noreferrer"
          variant="default"
          size="xs"
        >
          {words.openPostback}
        </Button>
      )}
    </Tick>
  )
}

type TickProps = {
  readonly title: string
  readonly isDone: boolean
  readonly text: string
  readonly children: ReactNode
}

function Tick({ title, isDone, text, children }: TickProps) {
  return (
    <li className={classes.tick} data-done={isDone}>
      <span className={classes.dot} role="img" aria-label={isDone ? words.states.done : words.states.waiting}>
        {isDone && <Icon name="check" size={13} />}
      </span>
      <div className={classes.tickText} role="status">
        <Text fw={500}>{title}</Text>
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      </div>
      {children}
    </li>
  )
}

/** The newest visit and conversion of the link, looked for until both are there. */
function useArrivals(watched: Watched) {
  const visit = useQuery({
    queryKey: ['start', 'visit', watched],
    queryFn: async () => {
      const query = { params: { query: watched } }
      return (await answerOf(api.GET('/api/v1/newest-visit', query))).visit
    },
    refetchInterval: ({ state }) => (state.data ? false : LOOK_MS),
  })
  const conversion = useQuery({
    queryKey: ['start', 'conversion', watched],
    queryFn: async () => {
      const query = { params: { query: { ...watched, limit: 1 } } }
      return (await answerOf(api.GET('/api/v1/conversions', query))).items[0] ?? null
    },
    refetchInterval: ({ state }) => (state.data ? false : LOOK_MS),
  })
  return { visit: visit.data ?? undefined, conversion: conversion.data ?? undefined }
}

/** A postback URL with its macros gone, for one click; a secret stays in it. */
export function testPostbackOf(postbackUrl: string, clickId: string): string {
  const template = new URL(postbackUrl)
  const token = template.searchParams.get('token')
  const query = new URLSearchParams({ cid: clickId, payout: '1.00', txid: `test-${clickId.slice(-8)}` })
  if (token !== null) query.set('token', token)
  return `${template.origin}${template.pathname}?${query}`
}
