import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from './api.ts'

/** As many as the API judges in one call. */
const STEP_HITS_MAX = 1_000

export type Rematch = { readonly judged: number; readonly matched: number }

/** Judges the hits of a cause anew, step by step, as long as it helps. */
export function useRematch({ key, count }: { readonly key: string; readonly count: number }) {
  const queries = useQueryClient()
  const [progress, setProgress] = useState<Rematch>({ judged: 0, matched: 0 })
  const run = useMutation({
    mutationFn: async () => {
      let sum: Rematch = { judged: 0, matched: 0 }
      setProgress(sum)
      for (;;) {
        const step = await answerOf(api.POST('/api/v1/inspector/unmatched/rematch', { body: { key } }))
        sum = { judged: sum.judged + step.judged, matched: sum.matched + step.matched }
        setProgress(sum)
        // The newest come first: hits that stay unmatched would only be tried once more.
        if (step.matched < STEP_HITS_MAX || sum.judged >= count) return sum
      }
    },
    onSettled: async () => {
      await queries.invalidateQueries({ queryKey: ['hits'] })
      await queries.invalidateQueries({ queryKey: ['conversions'] })
    },
  })
  return { run, progress }
}
