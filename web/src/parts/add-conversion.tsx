import { Anchor, Button, Checkbox, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import { CURRENCIES } from '../choices.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { byHandTexts as words } from '../texts-conversions.ts'
import { type Form, useForm } from '../use-form.ts'
import { FormProblem } from './form-footer.tsx'
import { Pair } from './form-layout.tsx'
import { Icon } from './icon.tsx'

type AddValues = {
  readonly clickId: string
  readonly event: string
  readonly payout: string
  readonly currency: string
  readonly txid: string
  readonly status: keyof typeof texts.status
  readonly notify: boolean
}

const EMPTY: AddValues = {
  clickId: '',
  event: '',
  payout: '',
  currency: '',
  txid: '',
  status: 'approved',
  notify: true,
}

/** One conversion that no network has reported. */
export function AddConversion() {
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button variant="default" leftSection={<Icon name="plus" size={14} />} onClick={open}>
        {words.add}
      </Button>
      <Modal opened={opened} onClose={close} title={words.addTitle} centered>
        <AddForm />
      </Modal>
    </>
  )
}

function AddForm() {
  const queries = useQueryClient()
  const [judged, setJudged] = useState({ outcome: '', clickId: '' })
  const form = useForm(EMPTY, async (values) => {
    const body = toBody(values)
    const answer = await answerOf(api.POST('/api/v1/conversions', { body }))
    const outcome = isKey(texts.outcome, answer.outcome) ? texts.outcome[answer.outcome] : answer.outcome
    setJudged({
      outcome: answer.reason === '' ? outcome : `${outcome}, ${answer.reason}`,
      clickId: body.clickId,
    })
    await queries.invalidateQueries({ queryKey: ['conversions'] })
  })
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {words.addLead}
        </Text>
        <AddFields form={form} />
        <FormProblem problem={form.problem} />
        <Group>
          <Button type="submit" loading={form.saving}>
            {words.add}
          </Button>
          {form.saved && (
            <Text size="sm" role="status">
              {words.added(judged.outcome)} ·{' '}
              <Anchor href={`/visits/${judged.clickId}`} inherit>
                {words.story}
              </Anchor>
            </Text>
          )}
        </Group>
      </Stack>
    </form>
  )
}

function AddFields({ form }: { readonly form: Form<AddValues> }) {
  return (
    <>
      <TextInput {...form.text('clickId')} label={words.clickId} required data-autofocus spellCheck={false} />
      <Pair>
        <TextInput
          {...form.text('payout')}
          label={words.payout}
          description={words.payoutHint}
          inputMode="decimal"
        />
        <Select
          label={words.currency}
          description={words.currencyHint}
          data={CURRENCIES}
          value={form.values.currency || null}
          error={form.errorOf('currency')}
          onChange={(currency) => form.set({ currency: currency ?? '' })}
          searchable
          clearable
        />
        <TextInput {...form.text('event')} label={words.event} description={words.eventHint} />
        <TextInput {...form.text('txid')} label={words.txid} />
      </Pair>
      <Select
        label={words.status}
        data={toOptions(texts.status)}
        value={form.values.status}
        onChange={(chosen) => isKey(texts.status, chosen) && form.set({ status: chosen })}
        allowDeselect={false}
      />
      <Checkbox
        label={words.notify}
        checked={form.values.notify}
        onChange={(event) => form.set({ notify: event.currentTarget.checked })}
      />
    </>
  )
}

/** What is left empty is the offer's or the network's to say. */
function toBody({ status, notify, clickId, ...optional }: AddValues) {
  const told = Object.entries(optional).filter(([, value]) => value.trim() !== '')
  const body = Object.fromEntries(told.map(([name, value]) => [name, value.trim()]))
  return { ...body, clickId: clickId.trim(), status, notify }
}
