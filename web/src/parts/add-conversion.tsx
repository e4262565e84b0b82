import {
  Anchor,
  Button,
  Checkbox,
  Group,
  Modal,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { given } from '../address-filter.ts'
import { answerOf, api } from '../api.ts'
import { CURRENCIES } from '../choices.ts'
import { useItems } from '../resource.ts'
import { offers } from '../resources.ts'
import { affiliates } from '../resources-network.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { byHandTexts as words } from '../texts-conversions.ts'
import { type Form, useForm } from '../use-form.ts'
import { FormProblem } from './form-footer.tsx'
import { Pair } from './form-layout.tsx'
import { Icon } from './icon.tsx'

type AddValues = {
  /** How it is told whose it is. */
  readonly by: keyof typeof words.by
  readonly clickId: string
  readonly offerId: string
  readonly affiliateId: string
  readonly event: string
  readonly payout: string
  readonly currency: string
  readonly txid: string
  readonly key: string
  readonly status: keyof typeof texts.status
  readonly notify: boolean
}

const EMPTY: AddValues = {
  by: 'click',
  clickId: '',
  offerId: '',
  affiliateId: '',
  event: '',
  payout: '',
  currency: '',
  txid: '',
  key: '',
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
      clickId: values.by === 'click' ? values.clickId.trim() : '',
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
              {words.added(judged.outcome)}
              {judged.clickId !== '' && (
                <>
                  {' · '}
                  <Anchor href={`/visits/${encodeURIComponent(judged.clickId)}`} inherit>
                    {words.story}
                  </Anchor>
                </>
              )}
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
      <Whose form={form} />
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
        <TextInput {...form.text('txid')} label={words.txid} required={form.values.by === 'affiliate'} />
      </Pair>
      <TextInput {...form.text('key')} label={words.key} description={words.keyHint} spellCheck={false} />
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

/** By its click; or, for a network, by its offer and affiliate where no click is known. */
function Whose({ form }: { readonly form: Form<AddValues> }) {
  const partners = useItems(affiliates).data ?? []
  const { by, offerId, affiliateId } = form.values
  const wanted = useItems(offers, { enabled: by === 'affiliate' }).data ?? []
  return (
    <>
      {partners.length > 0 && (
        <SegmentedControl
          aria-label={words.whose}
          data={toOptions(words.by)}
          value={by}
          onChange={(chosen) => isKey(words.by, chosen) && form.set({ by: chosen })}
        />
      )}
      {by === 'click' ? (
        <TextInput
          {...form.text('clickId')}
          label={words.clickId}
          required
          data-autofocus
          spellCheck={false}
        />
      ) : (
        <Pair>
          <Select
            label={words.offer}
            data={wanted
              .filter(({ advertiserId }) => advertiserId !== null)
              .map(({ id, name }) => ({ value: id, label: name }))}
            value={offerId || null}
            error={form.errorOf('offerId')}
            onChange={(chosen) => form.set({ offerId: chosen ?? '' })}
            searchable
            required
          />
          <Select
            label={words.affiliate}
            data={partners.map(({ id, name }) => ({ value: id, label: name }))}
            value={affiliateId || null}
            error={form.errorOf('affiliateId')}
            onChange={(chosen) => form.set({ affiliateId: chosen ?? '' })}
            searchable
            required
          />
        </Pair>
      )}
    </>
  )
}

/** What is left empty is the offer's or the network's to say. */
function toBody({ by, status, notify, clickId, offerId, affiliateId, ...optional }: AddValues) {
  const whose = by === 'click' ? { clickId: clickId.trim() } : { offerId, affiliateId }
  return { ...given(optional), ...whose, status, notify }
}
