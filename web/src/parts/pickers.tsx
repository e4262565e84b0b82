import { Select } from '@mantine/core'
import { CURRENCIES } from '../choices.ts'
import { type Listed, useItems } from '../resource.ts'
import { texts } from '../texts.ts'

type CurrencySelectProps = {
  readonly label?: string
  readonly description?: string
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (currency: string) => void
}

export function CurrencySelect({ label = texts.form.currency, onChange, ...rest }: CurrencySelectProps) {
  return (
    <Select
      {...rest}
      label={label}
      data={CURRENCIES}
      onChange={(currency) => currency !== null && onChange(currency)}
      searchable
      allowDeselect={false}
    />
  )
}

type ItemSelectProps<Item> = {
  readonly resource: Listed<Item>
  readonly label: string
  /** When the label stands elsewhere, e.g. above a list of these. */
  readonly hiddenLabel?: boolean
  readonly description?: string
  readonly placeholder?: string
  /** '' when none is chosen. */
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (id: string) => void
  readonly required?: boolean
}

/** Chooses one thing of a kind by its name. */
export function ItemSelect<Item extends { readonly id: string; readonly name: string }>(
  props: ItemSelectProps<Item>,
) {
  const { resource, label, hiddenLabel = false, value, onChange, required = false, ...rest } = props
  const items = useItems(resource).data ?? []
  return (
    <Select
      {...rest}
      {...(hiddenLabel ? { 'aria-label': label } : { label })}
      placeholder={rest.placeholder ?? texts.campaigns.choose}
      data={items.map((item) => ({ value: item.id, label: item.name }))}
      value={value === '' ? null : value}
      onChange={(id) => onChange(id ?? '')}
      searchable
      clearable={!required}
      required={required}
    />
  )
}
