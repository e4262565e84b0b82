import { useEffect, useState } from 'react'
import { ApiProblem } from './api.ts'
import { followLive, type LiveEvent, type LiveFilter, type LiveKind } from './live-stream.ts'

/** What the page keeps of what it was told. */
export const EVENTS_MAX = 500
const RETRY_MS = 2_000

export type LiveState = 'connecting' | 'open' | 'lost' | 'paused' | 'refused'

/** What happens while the page is open, newest first; it goes on by itself where a connection broke off. */
export function useLive(kinds: readonly LiveKind[], isPaused: boolean, filter: LiveFilter = {}) {
  const [events, setEvents] = useState<readonly LiveEvent[]>([])
  const [missed, setMissed] = useState(0)
  const [state, setState] = useState<LiveState>('connecting')
  const [problem, setProblem] = useState<string>()
  const wanted = kinds.join(',')
  const { campaignId = '', outcome = '', affiliateNetworkId = '' } = filter

  useEffect(() => {
    if (isPaused || wanted === '') {
      setState('paused')
      return
    }
    const stop = new AbortController()
    void followOn({
      kinds: wanted.split(',').filter(isLiveKind),
      filter: { campaignId, outcome, affiliateNetworkId },
      signal: stop.signal,
      onState: setState,
      onRefused: setProblem,
      onEvents: (fresh) => setEvents((before) => [...fresh.toReversed(), ...before].slice(0, EVENTS_MAX)),
      onMissed: (count) => setMissed((before) => before + count),
    })
    return () => stop.abort()
  }, [wanted, isPaused, campaignId, outcome, affiliateNetworkId])

  const clear = () => {
    setEvents([])
    setMissed(0)
  }
  return { events, missed, state, problem, clear }
}

function isLiveKind(text: string): text is LiveKind {
  return text === 'hits' || text === 'conversions' || text === 'deliveries'
}

type Following = {
  readonly kinds: readonly LiveKind[]
  readonly filter: LiveFilter
  readonly signal: AbortSignal
  readonly onState: (state: LiveState) => void
  readonly onRefused: (problem: string) => void
  readonly onEvents: (events: readonly LiveEvent[]) => void
  readonly onMissed: (count: number) => void
}

/** Until the page is left, or the API refuses it. */
async function followOn(following: Following): Promise<void> {
  const { kinds, filter, signal, onState, onRefused, onEvents, onMissed } = following
  let after = ''
  onState('connecting')
  while (!signal.aborted) {
    try {
      after = await followLive(
        { kinds, filter },
        { after, signal },
        {
          onOpen: () => onState('open'),
          onMissed,
          onEvents: (events) => {
            // An event's key is the place to go on from.
            after = events.findLast(({ key }) => key !== '')?.key ?? after
            onEvents(events)
          },
        },
      )
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof ApiProblem && error.status < 500 && error.status !== 429) {
        onState('refused')
        onRefused(error.message)
        return
      }
    }
    if (signal.aborted) return
    onState('lost')
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}
