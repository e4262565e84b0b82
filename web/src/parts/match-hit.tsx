import { Button, Code, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { toHitText } from '../hit-text.ts'
import { isKey, texts } from '../texts.ts'
import { byHandTexts, matchTexts } from '../texts-conversions.ts'
import { useForm } from '../use-form.ts'
import { FormProblem } from './form-footer.tsx'

type Hit = components['schemas']['Hit']
const words = matchTexts

/** Gives an unmatched hit to a visit. */
export function MatchHit({ hit }: { readonly hit: Hit }) {
  const queries = useQueryClient()
  const [opened, { open, close }] = useDisclosure()
  const done = () => {
    close()
    // Not before: a hit that is matched leaves the list, and the answer would leave with it.
    void queries.invalidateQueries({ queryKey: ['hits'] })
    void queries.invalidateQueries({ queryKey: ['unmatched-causes'] })
  }
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={open}>
        {words.match}
      </Button>
      <Modal opened={opened} onClose={done} title={words.title} centered>
        <MatchForm hit={hit} />
      </Modal>
    </>
  )
}

function MatchForm({ hit }: { readonly hit: Hit }) {
  const [outcome, setOutcome] = useState('')
  const form = useForm({ clickId: '' }, async ({ clickId }) => {
    const params = { path: { id: hit.id } }
    const body = { clickId: clickId.trim() }
    const answer = await answerOf(api.POST('/api/v1/hits/{id}/match', { params, body }))
    setOutcome(answer.reason === '' ? wordOf(answer.outcome) : `${wordOf(answer.outcome)}, ${answer.reason}`)
  })
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {words.lead}
        </Text>
        <Code block>{toHitText(hit)}</Code>
        <TextInput
          {...form.text('clickId')}
          label={words.clickId}
          required
          data-autofocus
          spellCheck={false}
        />
        <FormProblem problem={form.problem} />
        {outcome !== '' && (
          <Text size="sm" role="status">
            {byHandTexts.added(outcome)}
          </Text>
        )}
        <Group>
          <Button type="submit" loading={form.saving}>
            {words.submit}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function wordOf(outcome: string): string {
  return isKey(texts.outcome, outcome) ? texts.outcome[outcome] : outcome
}
