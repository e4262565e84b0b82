import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { costCorrections } from '../resources.ts'
import { texts } from '../texts.ts'
import { costTexts as words } from '../texts-corrections.ts'
import { CostEffect } from './cost-effect.tsx'
import { FormProblem } from './form-footer.tsx'
import { Loaded } from './loaded.tsx'
import { useTell } from './tell.tsx'

/** Takes a correction of costs back, by its id. */
export function useUndoCost(): (id: string) => Promise<void> {
  const queries = useQueryClient()
  return async (id) => {
    await send(id, { preview: false })
    await queries.invalidateQueries({ queryKey: [costCorrections.name] })
    await queries.invalidateQueries({ queryKey: ['report'] })
  }
}

type CostUndoProps = {
  readonly id: string
  /** What tells it from the others of the list. */
  readonly ariaLabel: string
}

/** Taking an earlier correction back: what it would do to what the visits cost now, then doing it. */
export function CostUndo({ id, ariaLabel }: CostUndoProps) {
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={open} aria-label={ariaLabel}>
        {words.undo}
      </Button>
      <Modal opened={opened} onClose={close} title={words.undoTitle} size="xl" centered>
        <Ahead id={id} onClose={close} />
      </Modal>
    </>
  )
}

function Ahead({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const undo = useUndoCost()
  const tell = useTell()
  // Always asked anew: what the visits cost, and whether something counts on it, changes.
  const query = useQuery({
    queryKey: ['cost-undo', id],
    queryFn: () => send(id, { preview: true }),
    gcTime: 0,
    retry: false,
  })
  const deed = useMutation({
    mutationFn: () => undo(id),
    onSuccess: () => {
      onClose()
      tell(words.undoneTold)
    },
  })
  return (
    <Stack gap="md">
      <Text size="sm">{words.undoText}</Text>
      <Loaded query={query}>{(answer) => <CostEffect answer={answer} />}</Loaded>
      <FormProblem problem={deed.error?.message} />
      <Group gap="xs">
        <Button disabled={!query.isSuccess} loading={deed.isPending} onClick={() => deed.mutate()}>
          {words.undoRun}
        </Button>
        <Button variant="subtle" color="gray" onClick={onClose}>
          {texts.form.cancel}
        </Button>
      </Group>
    </Stack>
  )
}

function send(id: string, body: { readonly preview: boolean }) {
  return answerOf(api.POST('/api/v1/cost-corrections/{id}/undo', { params: { path: { id } }, body }))
}
