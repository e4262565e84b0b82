import { Badge } from '@mantine/core'
import { texts } from '../texts.ts'

const STATUS_COLORS: Readonly<Record<string, string>> = {
  approved: 'green',
  pending: 'yellow',
  rejected: 'red',
  trash: 'gray',
}

const OUTCOME_COLORS: Readonly<Record<string, string>> = {
  recorded: 'green',
  updated: 'green',
  duplicate: 'gray',
  test: 'blue',
  unmatched: 'yellow',
  queued: 'blue',
  rejected: 'red',
  malformed: 'red',
  unauthorized: 'red',
  overloaded: 'red',
}

const DELIVERY_COLORS: Readonly<Record<string, string>> = {
  delivered: 'green',
  rendered: 'green',
  pending: 'blue',
  skipped: 'gray',
  cancelled: 'gray',
  dead: 'red',
}

/** Of a conversion. */
export function StatusBadge({ status }: { readonly status: string }) {
  return <Word word={labelOf(texts.status, status)} color={STATUS_COLORS[status]} />
}

/** Of a hit. */
export function OutcomeBadge({ outcome }: { readonly outcome: string }) {
  return <Word word={labelOf(texts.outcome, outcome)} color={OUTCOME_COLORS[outcome]} />
}

/** Of a delivery. */
export function DeliveryBadge({ state }: { readonly state: string }) {
  return <Word word={labelOf(texts.delivery, state)} color={DELIVERY_COLORS[state]} />
}

/** The word says it all; the colour only repeats it. */
function Word({ word, color = 'gray' }: { readonly word: string; readonly color?: string | undefined }) {
  return (
    <Badge variant="dot" color={color} miw="max-content">
      {word}
    </Badge>
  )
}

/** A word that a newer server may have invented is shown as it is. */
function labelOf(labels: Readonly<Record<string, string>>, word: string): string {
  return labels[word] ?? word
}
