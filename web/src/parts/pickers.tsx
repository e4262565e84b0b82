import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { CURRENCIES } from '../choices.ts'
import type { Listed } from '../resource.ts'
import { texts } from '../texts.ts'
import { useChoices } from '../use-listed.ts'

const TYPING_MS = 250
/** As many as one scrolls through; of more one types a part of the name. */
const OPTIONS_MAX = 500

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
  readonly error?: string | undefined
  readonly onChange: (id: string) => void
  readonly required?: boolean
}

/** Chooses one thing of a kind by its name; of more than a list holds the server finds it by what is typed. */
export function ItemSelect<Item extends { readonly id: string; readonly name: string }>(
  props: ItemSelectProps<Item>,
) {
  const { resource, label, hiddenLabel = false, value, onChange, required = false, ...rest } = props
  const [typed, setTyped] = useState('')
  const [rested] = useDebouncedValue(typed, TYPING_MS)
  const choices = useChoices(resource, { value, typed: rested })
  const more = choices.length > OPTIONS_MAX ? { description: texts.form.typeToFind } : {}
  return (
    <Select
      {...more}
      {...rest}
      {...(hiddenLabel ? { 'aria-label': label } : { label })}
      placeholder={rest.placeholder ?? texts.campaigns.choose}
      data={choices}
      limit={OPTIONS_MAX}
      searchValue={typed}
      onSearchChange={setTyped}
      value={value === '' ? null : value}
      onChange={(id) => onChange(id ?? '')}
      searchable
      clearable={!required}
      required={required}
    />
  )
}
