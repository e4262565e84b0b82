import { Button, Group, Modal, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { visited } from '../router.tsx'
import { shellTexts } from '../texts-shell.ts'

const words = shellTexts.leave

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
  return (
    <Modal opened={asked} onClose={() => decide(true)} title={words.title} centered>
      <Text mb="lg">{words.text}</Text>
      <Group gap="xs">
        <Button onClick={() => decide(true)} data-autofocus>
          {words.stay}
        </Button>
        <Button variant="default" onClick={() => decide(false)}>
          {words.leave}
        </Button>
      </Group>
    </Modal>
  )
}
