import { Button, Group, Select, TextInput } from '@mantine/core'
import { type SubmitEvent, useState } from 'react'
import { clearDeliveryFilter, type DeliveryFilter, isFiltered, setDeliveryFilter } from '../delivery-query.ts'
import { useReceiverChoices } from '../resources-notifications.ts'
import { texts, toOptions } from '../texts.ts'
import { deliveryTexts as words } from '../texts-deliveries.ts'
import classes from './delivery-filters.module.css'

/** Which deliveries are shown. Choices act at once; what is typed acts by Enter. */
export function DeliveryFilters({ filter }: { readonly filter: DeliveryFilter }) {
  const { clickId, reason, text, targetId: chosen } = filter
  const known = useReceiverChoices()
  // A link leads to the calls of one that is deleted, or that one may not list.
  const isOther = chosen !== '' && known.every(({ value }) => value !== chosen)
  return (
    <div className={classes.filters}>
      <Select
        label={words.state}
        placeholder={words.anyState}
        data={toOptions(texts.delivery)}
        value={filter.state === '' ? null : filter.state}
        onChange={(state) => setDeliveryFilter({ state: state ?? '' })}
        clearable
      />
      <Select
        label={words.target}
        placeholder={words.anyTarget}
        data={isOther ? [...known, { value: chosen, label: words.chosenTarget }] : known}
        value={chosen === '' ? null : chosen}
        onChange={(targetId) => setDeliveryFilter({ targetId: targetId ?? '' })}
        searchable
        clearable
      />
      <Day label={words.from} value={filter.from} onChange={(from) => setDeliveryFilter({ from })} />
      <Day label={words.to} value={filter.to} onChange={(to) => setDeliveryFilter({ to })} />
      <TypedFilters key={[clickId, reason, text].join('\n')} filter={filter} />
    </div>
  )
}

type DayProps = {
  readonly label: string
  readonly value: string
  readonly onChange: (day: string) => void
}

function Day({ label, value, onChange }: DayProps) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

function TypedFilters({ filter }: { readonly filter: DeliveryFilter }) {
  const [typed, setTyped] = useState({ clickId: filter.clickId, reason: filter.reason, text: filter.text })
  const field = (name: keyof typeof typed, label: string) => ({
    label,
    value: typed[name],
    onChange: (event: { currentTarget: HTMLInputElement }) =>
      setTyped({ ...typed, [name]: event.currentTarget.value }),
    spellCheck: false,
  })
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    setDeliveryFilter(typed)
  }
  return (
    <form className={classes.typed} onSubmit={submit}>
      <TextInput {...field('clickId', words.clickId)} />
      <TextInput {...field('reason', words.reason)} />
      <TextInput {...field('text', words.text)} />
      <Group gap="xs" wrap="nowrap">
        <Button type="submit" variant="default">
          {words.filter}
        </Button>
        {isFiltered(filter) && (
          <Button variant="subtle" color="gray" onClick={clearDeliveryFilter}>
            {texts.filter.clear}
          </Button>
        )}
      </Group>
    </form>
  )
}
