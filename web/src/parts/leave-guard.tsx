import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { visited } from '../router.tsx'

const LeaveQuestion = lazy(async () => ({ default: (await import('./leave-question.tsx')).LeaveQuestion }))

/** Asks before somebody leaves what is not saved: by a question here, by the browser's own when the page is closed. */
export function LeaveGuard({ active }: { readonly active: boolean }) {
  const [asked, setAsked] = useState(false)
  const answer = useRef<(stay: boolean) => void>(undefined)
  useEffect(() => {
    if (!active) return
    const release = visited.block({
      blockerFn: ({ currentLocation, nextLocation }) => {
        // The same screen with another query, such as an open tab.
        if (currentLocation.pathname === nextLocation.pathname) return false
        setAsked(true)
        return new Promise<boolean>((resolve) => {
          answer.current = resolve
        })
      },
    })
    return () => {
      answer.current?.(false)
      release()
    }
  }, [active])
  const decide = (stay: boolean) => {
    setAsked(false)
    answer.current?.(stay)
    answer.current = undefined
  }
  if (!asked) return null
  return (
    <Suspense>
      <LeaveQuestion onAnswer={decide} />
    </Suspense>
  )
}
