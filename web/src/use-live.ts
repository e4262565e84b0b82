import { useEffect, useRef, useState } from 'react'
import { ApiProblem } from './api.ts'
import { followLive, type LiveEvent, type LiveFilter, type LiveKind } from './live-stream.ts'

/** What the page keeps of what it was told. */
export const EVENTS_MAX = 500
const RETRY_MS = 2_000

/** How the stream went on after it had broken off: with all that happened meanwhile, or not. */
export type Resumed = 'whole' | 'cut'
export type LiveState = 'connecting' | 'open' | 'lost' | 'paused' | 'refused'

/** What happens while the page is open, newest first; it goes on by itself where a connection broke off. */
export function useLive(kinds: readonly LiveKind[], isPaused: boolean, filter: LiveFilter = {}) {
  const [events, setEvents] = useState<readonly LiveEvent[]>([])
  const [missed, setMissed] = useState(0)
  const [state, setState] = useState<LiveState>('connecting')
  const [resumed, setResumed] = useState<Resumed>()
  const [problem, setProblem] = useState<string>()
  const wanted = kinds.join(',')
  const question = JSON.stringify({ wanted, filter })
  /** Where a stream of the same question goes on. */
  const place = useRef({ question: '', after: '' })

  // biome-ignore lint/correctness/useExhaustiveDependencies: the question holds the kinds and the filter
  useEffect(() => {
    if (place.current.question !== question) {
      // What was told before answers another question.
      place.current = { question, after: '' }
      setEvents([])
      setMissed(0)
    }
    if (isPaused || wanted === '') {
      setState('paused')
      setResumed(undefined)
      return
    }
    const stop = new AbortController()
    void followOn({
      kinds: wanted.split(',').filter(isLiveKind),
      filter,
      after: place.current.after,
      signal: stop.signal,
      onPlace: (after) => {
        place.current = { question, after }
      },
      onState: setState,
      onResumed: setResumed,
      onRefused: setProblem,
      onEvents: (fresh) => setEvents((before) => [...fresh.toReversed(), ...before].slice(0, EVENTS_MAX)),
      onMissed: (count) => setMissed((before) => before + count),
    })
    return () => stop.abort()
  }, [question, isPaused])

  const clear = () => {
    setEvents([])
    setMissed(0)
    setResumed(undefined)
  }
  return { events, missed, state, resumed, problem, clear }
}

function isLiveKind(text: string): text is LiveKind {
  return text === 'hits' || text === 'conversions' || text === 'deliveries'
}

type Following = {
  readonly kinds: readonly LiveKind[]
  readonly filter: LiveFilter
  /** Where to go on; '' to begin now. */
  readonly after: string
  readonly signal: AbortSignal
  readonly onPlace: (after: string) => void
  readonly onState: (state: LiveState) => void
  readonly onResumed: (resumed: Resumed | undefined) => void
  readonly onRefused: (problem: string) => void
  readonly onEvents: (events: readonly LiveEvent[]) => void
  readonly onMissed: (count: number) => void
}

/** Until the page is left, or the API refuses it. */
async function followOn(following: Following): Promise<void> {
  const { kinds, filter, signal, onState, onResumed, onRefused, onEvents, onMissed } = following
  let { after } = following
  let wasLost = false
  onState('connecting')
  onResumed(undefined)
  while (!signal.aborted) {
    try {
      await followLive(
        { kinds, filter },
        { after, signal },
        {
          onOpen: () => {
            onState('open')
            // Without a place it begins now, and nobody knows what happened before.
            if (wasLost) onResumed(after === '' ? 'cut' : 'whole')
          },
          onPlace: (id) => {
            after = id
            following.onPlace(id)
          },
          onMissed: (count) => {
            if (wasLost) onResumed('cut')
            onMissed(count)
          },
          onEvents,
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
    wasLost = true
    onState('lost')
    onResumed(undefined)
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}
