import { Button, Modal, NumberInput, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { components } from '../api-types.ts'
import { formatTime } from '../format.ts'
import { useMe } from '../session.ts'
import { rotateTexts as words } from '../texts-targets.ts'
import { FormProblem } from './form-footer.tsx'
import { MadeKey } from './made-key.tsx'

const OVERLAP_HOURS = 24
const OVERLAP_HOURS_MAX = 168

type RotateSecretProps = {
  readonly rotate: (overlapHours: number) => Promise<components['schemas']['RotatedSecret']>
  /** After the new secret was shown. */
  readonly onDone: () => void
  readonly size?: 'compact-xs' | 'sm'
}

/** A new signing secret, shown this once, while the one before signs on for some hours. */
export function RotateSecret({ rotate, onDone, size = 'sm' }: RotateSecretProps) {
  const { timeZone } = useMe().workspace
  const [opened, { open, close }] = useDisclosure()
  const [hours, setHours] = useState(OVERLAP_HOURS)
  const run = useMutation({ mutationFn: () => rotate(hours) })
  const leave = () => {
    close()
    if (run.data !== undefined) onDone()
    run.reset()
  }
  const until = run.data?.previousSecretUntil
  return (
    <>
      <Button variant="default" size={size} onClick={open}>
        {words.do}
      </Button>
      <Modal opened={opened} onClose={leave} title={words.title} centered>
        {run.data === undefined ? (
          <Stack gap="md">
            <Text size="sm">{words.lead}</Text>
            <NumberInput
              label={words.overlap}
              value={hours}
              onChange={(value) => setHours(Number(value))}
              min={0}
              max={OVERLAP_HOURS_MAX}
              allowDecimal={false}
            />
            <FormProblem problem={run.error?.message} />
            <Button loading={run.isPending} onClick={() => run.mutate()}>
              {words.make}
            </Button>
          </Stack>
        ) : (
          <Stack gap="md">
            <MadeKey value={run.data.secret} words={words} onDone={leave} />
            {typeof until === 'string' && (
              <Text size="sm" c="dimmed">
                {words.until(formatTime(until, timeZone))}
              </Text>
            )}
          </Stack>
        )}
      </Modal>
    </>
  )
}
