import { Button, type ButtonProps, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { texts } from '../texts.ts'
import { FormProblem } from './form-footer.tsx'

type ConfirmButtonProps = {
  readonly label: string
  /** Says more than the label where several alike stand in a table. */
  readonly ariaLabel?: string
  readonly title: string
  /** What will happen. */
  readonly text: string
  /** Asked for, when the deed needs one. */
  readonly reason?: { readonly label: string; readonly hint?: string; readonly required: boolean }
  readonly isGrave?: boolean
  /** Of the button that does nothing; where the deed itself is called “Cancel”, that word would be taken. */
  readonly dismissLabel?: string
  readonly run: (reason: string) => Promise<unknown>
  readonly button?: Pick<ButtonProps, 'variant' | 'size' | 'color'>
}

/** A deed that deserves a second look: what it does, why, and then doing it. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, ariaLabel, title, text, reason, isGrave = false, run, button } = props
  const dismissLabel = props.dismissLabel ?? texts.form.cancel
  const [opened, { open, close }] = useDisclosure()
  const [why, setWhy] = useState('')
  const deed = useMutation({
    mutationFn: run,
    onSuccess: () => {
      setWhy('')
      close()
    },
  })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    // A form in a window is inside the page's form for React, though not for the browser.
    event.stopPropagation()
    deed.mutate(why.trim())
  }
  return (
    <>
      <Button variant="default" {...button} onClick={open} aria-label={ariaLabel}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title={title} centered>
        <form onSubmit={submit}>
          <Stack gap="md">
            <Text>{text}</Text>
            {reason && (
              <Textarea
                label={reason.label}
                description={reason.hint}
                required={reason.required}
                value={why}
                onChange={(event) => setWhy(event.currentTarget.value)}
                autosize
                minRows={2}
                data-autofocus
              />
            )}
            <FormProblem problem={deed.error?.message} />
            <Group gap="xs">
              <Button type="submit" color={isGrave ? 'red' : 'trail'} loading={deed.isPending}>
                {label}
              </Button>
              <Button variant="subtle" color="gray" onClick={close}>
                {dismissLabel}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  )
}
