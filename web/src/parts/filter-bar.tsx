import { Button, Group, Select, TextInput } from '@mantine/core'
import { type SubmitEvent, useEffect, useState } from 'react'
import { clearAddressFilter, isAnyGiven } from '../address-filter.ts'
import type { Listed } from '../resource.ts'
import { setQuery } from '../router.tsx'
import { texts } from '../texts.ts'
import { filterTexts as words } from '../texts-inspector.ts'
import classes from './filter-bar.module.css'
import { ItemSelect } from './pickers.tsx'

/** A longer list of choices is searched by typing. */
const SEARCHED_FROM = 8

type Named = { readonly id: string; readonly name: string }
type Choice = { readonly value: string; readonly label: string }

/** A field of a filter; its name is the parameter of the address. */
export type FilterField = { readonly name: string; readonly label: string } & (
  | { readonly kind: 'choice'; readonly any: string; readonly choices: readonly Choice[] }
  | { readonly kind: 'thing'; readonly any: string; readonly resource: Listed<Named> }
  | { readonly kind: 'day' }
  | { readonly kind: 'text'; readonly example?: string }
)

type FilterBarProps = {
  readonly values: Readonly<Record<string, string>>
  /** Always in sight. */
  readonly fields: readonly FilterField[]
  /** Shown on demand, and while one of them is given. */
  readonly more?: readonly FilterField[]
}

/** Which rows are shown, all of it in the address. Choices act at once; what is typed acts by Enter. */
export function FilterBar({ values, fields, more = [] }: FilterBarProps) {
  const isMoreGiven = more.some(({ name }) => (values[name] ?? '') !== '')
  const [isWanted, setWanted] = useState(false)
  const shown = isWanted || isMoreGiven ? [...fields, ...more] : fields
  const typed = shown.filter(({ kind }) => kind === 'text')
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setQuery(Object.fromEntries(typed.map(({ name }) => [name, textOf(form.get(name))])))
  }
  return (
    <form className={classes.fields} onSubmit={submit}>
      {shown.map((field) => (
        <Field key={field.name} field={field} value={values[field.name] ?? ''} />
      ))}
      <Group gap={4} className={classes.actions}>
        {typed.length > 0 && (
          <Button type="submit" variant="default">
            {words.search}
          </Button>
        )}
        {more.length > 0 && !isMoreGiven && (
          <Button variant="subtle" color="gray" aria-expanded={isWanted} onClick={() => setWanted(!isWanted)}>
            {isWanted ? words.less : words.more}
          </Button>
        )}
        {isAnyGiven(values) && (
          <Button variant="subtle" color="gray" onClick={() => clearAddressFilter(Object.keys(values))}>
            {texts.filter.clear}
          </Button>
        )}
      </Group>
    </form>
  )
}

function textOf(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value.trim() : ''
}

function Field({ field, value }: { readonly field: FilterField; readonly value: string }) {
  const { name, label } = field
  switch (field.kind) {
    case 'choice':
      return (
        <Select
          label={label}
          placeholder={field.any}
          data={withChosen(field.choices, value)}
          value={value === '' ? null : value}
          onChange={(chosen) => setQuery({ [name]: chosen ?? undefined })}
          searchable={field.choices.length > SEARCHED_FROM}
          clearable
        />
      )
    case 'thing':
      return (
        <ItemSelect
          resource={field.resource}
          label={label}
          placeholder={field.any}
          value={value}
          onChange={(chosen) => setQuery({ [name]: chosen || undefined })}
        />
      )
    case 'day':
      return (
        <TextInput
          type="date"
          label={label}
          value={value}
          onChange={(event) => setQuery({ [name]: event.currentTarget.value })}
        />
      )
    case 'text':
      return <TypedField name={name} label={label} value={value} example={field.example} />
  }
}

/** A link may ask for what is archived, or for what one may not list: it stays in sight and can be taken away. */
function withChosen(choices: readonly Choice[], value: string): Choice[] {
  const isKnown = value === '' || choices.length === 0 || choices.some((choice) => choice.value === value)
  return isKnown ? [...choices] : [...choices, { value, label: words.chosen }]
}

type TypedProps = {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly example: string | undefined
}

function TypedField({ name, label, value, example }: TypedProps) {
  const [draft, setDraft] = useState(value)
  // The address may change by other ways: going back, clearing the filter.
  useEffect(() => setDraft(value), [value])
  return (
    <TextInput
      name={name}
      label={label}
      placeholder={example}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      spellCheck={false}
    />
  )
}
