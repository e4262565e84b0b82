import { Anchor, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { testConversionTexts } from '../texts-flow.ts'
import { FormProblem } from './form-footer.tsx'
import { Pair } from './form-layout.tsx'
import { Icon } from './icon.tsx'
import { Note } from './note.tsx'
import { FiredCall } from './target-test.tsx'
import classes from './test-conversion.module.css'
import { PLAIN_VISITOR, toVisitorBody, VisitorFields } from './test-visitor.tsx'

type Chain = components['schemas']['TestConversion']
type Status = keyof typeof texts.status
const words = testConversionTexts

/** Through a campaign's link, or an affiliate's to an advertiser's offer. */
export type TestWay =
  | { readonly campaignId: string }
  | { readonly offerId: string; readonly affiliateId: string }

/** Sends one visitor and its conversion by a link, and shows every step on their way. */
export function TestConversion({ way }: { readonly way: TestWay }) {
  const ownWords = 'campaignId' in way ? words.campaign : words.affiliate
  const [payout, setPayout] = useState('')
  const [event, setEvent] = useState('')
  const [status, setStatus] = useState<Status>('approved')
  const [visitor, setVisitor] = useState(PLAIN_VISITOR)
  const send = useMutation({
    mutationFn: () => {
      const body = {
        ...(payout.trim() === '' ? {} : { payout: payout.trim() }),
        ...(event.trim() === '' ? {} : { event: event.trim() }),
        status,
        ...toVisitorBody(visitor),
      }
      return sendTest(way, body)
    },
  })
  const submit = (submitted: SubmitEvent<HTMLFormElement>) => {
    submitted.preventDefault()
    send.mutate()
  }
  return (
    <Stack gap="lg">
      <Text c="dimmed" size="sm">
        {ownWords.lead}
      </Text>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Pair>
            <TextInput
              label={ownWords.amount}
              description={ownWords.amountHint}
              value={payout}
              onChange={(change) => setPayout(change.currentTarget.value)}
              inputMode="decimal"
            />
            <TextInput
              label={words.event}
              description={words.eventHint}
              value={event}
              onChange={(change) => setEvent(change.currentTarget.value)}
            />
          </Pair>
          <Select
            label={words.status}
            data={toOptions(texts.status)}
            value={status}
            onChange={(chosen) => isKey(texts.status, chosen) && setStatus(chosen)}
            allowDeselect={false}
          />
          <VisitorFields visitor={visitor} onChange={(changes) => setVisitor({ ...visitor, ...changes })} />
          <FormProblem problem={send.error?.message} />
          <Group>
            <Button type="submit" loading={send.isPending}>
              {words.send}
            </Button>
          </Group>
        </Stack>
      </form>
      {send.data !== undefined && <ChainView chain={send.data} okHint={ownWords.okHint} />}
    </Stack>
  )
}

type TestBody = ReturnType<typeof toVisitorBody> & {
  readonly payout?: string
  readonly event?: string
  readonly status: Status
}

function sendTest(way: TestWay, body: TestBody): Promise<Chain> {
  if ('campaignId' in way) {
    const params = { path: { id: way.campaignId } }
    return answerOf(api.POST('/api/v1/campaigns/{id}/test-conversion', { params, body }))
  }
  const params = { path: { id: way.offerId, affiliateId: way.affiliateId } }
  return answerOf(api.POST('/api/v1/offers/{id}/affiliates/{affiliateId}/test-conversion', { params, body }))
}

function ChainView({ chain, okHint }: { readonly chain: Chain; readonly okHint: string }) {
  const { ok, clickId, steps } = chain
  const isClean = steps.every(({ state }) => state === 'ok')
  const [title, hint] = !ok
    ? [words.failed, words.failedHint]
    : isClean
      ? [words.ok, okHint]
      : [words.okButTitle, words.okButHint]
  return (
    <Stack gap="md">
      <Note tone={ok ? (isClean ? 'good' : 'look') : 'bad'} title={title ?? ''} live>
        {hint}
      </Note>
      <ol className={classes.steps}>
        {steps.map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step may come twice, and none ever moves
          <li key={index} className={classes.step} data-state={step.state}>
            <span className={classes.mark}>
              <Icon name={MARKS[step.state]} size={12} />
            </span>
            <div className={classes.text}>
              <Text fw={500} size="sm">
                {capitalized(step.step)}
                <span className={classes.hidden}>: {words.states[step.state]}</span>
              </Text>
              <Text size="sm" c="dimmed" className={classes.detail}>
                {step.detail}
              </Text>
              {step.url !== '' && <code className={classes.url}>{step.url}</code>}
              {step.fired !== undefined && <Fired fired={step.fired} />}
            </div>
          </li>
        ))}
      </ol>
      {clickId !== '' && (
        <Text size="sm" c="dimmed">
          {words.clickId}: <code>{clickId}</code> · <Anchor href={`/visits/${clickId}`}>{words.story}</Anchor>
        </Text>
      )}
    </Stack>
  )
}

/** The whole call, for whoever wants to see it: the step says already how it went. */
function Fired({ fired }: { readonly fired: NonNullable<Chain['steps'][number]['fired']> }) {
  return (
    <details className={classes.fired}>
      <summary>{words.fired}</summary>
      <Stack gap="xs" mt={6}>
        <FiredCall fired={fired} />
      </Stack>
    </details>
  )
}

const MARKS = { ok: 'check', warning: 'alert', failed: 'remove' } as const

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
