import { Anchor, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { listWords } from '../list-words.ts'
import type { SystemField, TargetSystem } from '../resources-notifications.ts'
import { spanWords } from '../span-words.ts'
import { targetFieldTexts as words } from '../texts-targets.ts'
import { Note } from './note.tsx'

const HOUR_MS = 3_600_000

export type SystemValues = {
  /** Another base address; '' for the system's own. */
  readonly url: string
  readonly settings: Readonly<Record<string, string>>
  /** What is typed anew; what is not named stays as it is. */
  readonly systemSecrets: Readonly<Record<string, string>>
}

type SystemFieldsProps = {
  readonly system: TargetSystem
  readonly values: SystemValues
  /** Credentials that are set already, whose values nobody is shown. */
  readonly secretNames: readonly string[]
  readonly errorOf: (path: string) => string | undefined
  readonly onChange: (changes: Partial<SystemValues>) => void
}

/** What a system needs to know, as the API describes it; its credentials can be written and never read. */
export function SystemFields({ system, values, secretNames, errorOf, onChange }: SystemFieldsProps) {
  const { settings, systemSecrets } = values
  return (
    <Stack gap="md">
      <WhatItTakes system={system} />
      {system.baseUrl === '' && !isMail(system) && (
        <TextInput
          label={words.baseUrl}
          placeholder="https://"
          value={values.url}
          error={errorOf('url')}
          onChange={(event) => onChange({ url: event.currentTarget.value })}
          required
        />
      )}
      {system.settings.map((field) => (
        <SettingField
          key={field.name}
          field={field}
          value={settings[field.name] ?? ''}
          error={errorOf(`settings.${field.name}`)}
          onChange={(value) => onChange({ settings: withValue(settings, field.name, value) })}
        />
      ))}
      {system.secrets.map((field) => (
        <SecretField
          key={field.name}
          field={field}
          isSet={secretNames.includes(field.name)}
          value={systemSecrets[field.name] ?? ''}
          error={errorOf(`systemSecrets.${field.name}`) ?? errorOf(`secrets.${field.name}`)}
          onChange={(value) => onChange({ systemSecrets: withValue(systemSecrets, field.name, value) })}
        />
      ))}
      {system.documentation !== '' && (
        <Text size="sm">
          <Anchor href={system.documentation} target="_blank" rel="noreferrer">
            {system.label}: {words.docs.toLowerCase()}
          </Anchor>
        </Text>
      )}
    </Stack>
  )
}

/** What a conversion must come with, and how often and how late the system is told. */
function WhatItTakes({ system: { label, needs, expireHours, isToldOnce, isTakenBack } }: WhatItTakesProps) {
  if (needs === null) return null
  const { visitParams, person, besides } = needs
  const lines = [
    words.needs.params(listWords(visitParams, 'or'), person === 'instead'),
    besides.length === 0
      ? ''
      : words.needs.besides(
          listWords(
            besides.map((one) => words.needs.of[one]),
            'or',
          ),
        ),
    person === 'none' ? '' : words.needs.consent,
    isToldOnce ? words.needs.once(isTakenBack) : '',
    expireHours === 0 ? '' : words.needs.expires(spanWords(expireHours * HOUR_MS)),
  ]
  return (
    <Note tone="look" title={words.needs.title(label)}>
      {lines.filter((line) => line !== '').join(' ')}
    </Note>
  )
}

type WhatItTakesProps = { readonly system: TargetSystem }

type FieldProps = {
  readonly field: SystemField
  readonly value: string
  readonly error: string | undefined
  readonly onChange: (value: string) => void
}

function SettingField({ field, value, error: refused, onChange }: FieldProps) {
  const [isLeft, setLeft] = useState(false)
  const { choices } = field
  // Said as soon as the field is left, as the API would say it after saving.
  const error = refused ?? (isLeft && !hasForm(field, value) ? words.wrongForm : undefined)
  const common = {
    label: capitalized(field.label),
    description: field.help,
    required: field.isRequired,
    error,
  }
  if (choices.length > 0) {
    return (
      <Select
        {...common}
        data={[...choices]}
        value={value === '' ? (choices[0] ?? null) : value}
        onChange={(chosen) => onChange(chosen ?? '')}
        allowDeselect={false}
      />
    )
  }
  return (
    <TextInput
      {...common}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onBlur={() => setLeft(true)}
      spellCheck={false}
    />
  )
}

/** Whether a value is empty or of the field's form, which is that of the whole value. */
function hasForm({ pattern }: SystemField, value: string): boolean {
  return value === '' || pattern === '' || new RegExp(`^(?:${pattern})$`).test(value)
}

type SecretFieldProps = FieldProps & { readonly isSet: boolean }

function SecretField({ field, isSet, value, error: refused, onChange }: SecretFieldProps) {
  const [isLeft, setLeft] = useState(false)
  const error = refused ?? (isLeft && !hasForm(field, value) ? words.wrongForm : undefined)
  return (
    <PasswordInput
      label={capitalized(field.label)}
      description={isSet ? words.kept : field.help}
      placeholder={isSet ? '••••••••' : ''}
      required={field.isRequired && !isSet}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
      onBlur={() => setLeft(true)}
      autoComplete="off"
      spellCheck={false}
    />
  )
}

/** What is emptied is left out: of settings it is then unset, of secrets it stays as it was. */
function withValue(values: Readonly<Record<string, string>>, name: string, value: string) {
  const others = Object.entries(values).filter(([other]) => other !== name)
  return Object.fromEntries(value === '' ? others : [...others, [name, value]])
}

/** E-mail goes to an address of a person, which is a setting. */
function isMail({ system }: TargetSystem): boolean {
  return system === 'email'
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
