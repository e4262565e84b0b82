import { Anchor, Button, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Catalogue, Template } from '../catalogue.ts'
import { startTexts } from '../texts-start.ts'
import { useForm } from '../use-form.ts'
import { Lines, Loaded } from './loaded.tsx'
import { NameForm, StartForm } from './start-form.tsx'
import classes from './start-step.module.css'
import { toPlaceholderLabel } from './template-confidence.tsx'

const words = startTexts.catalogue
const TYPING_MS = 200
const SHOWN = 12

type StartCatalogueProps<T extends Template> = {
  readonly catalogue: Catalogue<T>
  /** Goes on with what was made from a template. */
  readonly onMade: (id: string) => Promise<unknown>
  /** Makes one without a template. */
  readonly make: (name: string) => Promise<unknown>
}

/** Finds a template, asks for what only the user knows, and makes the thing. */
export function StartCatalogue<T extends Template>({ catalogue, onMade, make }: StartCatalogueProps<T>) {
  const [chosen, setChosen] = useState<string>()
  const [isWithout, setWithout] = useState(false)
  const back = (
    <Anchor
      component="button"
      type="button"
      size="sm"
      w="fit-content"
      onClick={() => {
        setChosen(undefined)
        setWithout(false)
      }}
    >
      {words.back}
    </Anchor>
  )
  if (isWithout) {
    return (
      <Stack gap="md">
        <NameForm label={words.name} create={make} />
        {back}
      </Stack>
    )
  }
  if (chosen === undefined) {
    return <Templates catalogue={catalogue} onChoose={setChosen} onWithout={() => setWithout(true)} />
  }
  return (
    <Stack gap="md">
      <ChosenTemplate catalogue={catalogue} templateKey={chosen} onMade={onMade} />
      {back}
    </Stack>
  )
}

type TemplatesProps<T extends Template> = {
  readonly catalogue: Catalogue<T>
  readonly onChoose: (key: string) => void
  readonly onWithout: () => void
}

function Templates<T extends Template>({ catalogue, onChoose, onWithout }: TemplatesProps<T>) {
  const [search, setSearch] = useState('')
  const [wanted] = useDebouncedValue(search.trim(), TYPING_MS)
  const query = useQuery({
    queryKey: ['catalogue', catalogue.name, wanted],
    queryFn: () => catalogue.list(wanted),
    placeholderData: keepPreviousData,
  })
  return (
    <Stack gap="md">
      <TextInput
        label={words.search}
        type="search"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
        maw={420}
        autoFocus
      />
      <Loaded query={query} skeleton={<Lines count={4} />}>
        {(templates) => (
          <>
            <Text size="sm" c="dimmed" role="status">
              {templates.length === 0 ? words.nothing : words.searchHint(templates.length)}
              {templates.length > SHOWN && `. ${words.more}`}
            </Text>
            <ul className={classes.templates} aria-label={words.list}>
              {templates.slice(0, SHOWN).map(({ key, name }) => (
                <li key={key}>
                  <UnstyledButton className={classes.template} onClick={() => onChoose(key)}>
                    {name}
                  </UnstyledButton>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
      <Button variant="default" w="fit-content" onClick={onWithout}>
        {words.without}
      </Button>
    </Stack>
  )
}

type ChosenTemplateProps<T extends Template> = {
  readonly catalogue: Catalogue<T>
  readonly templateKey: string
  readonly onMade: (id: string) => Promise<unknown>
}

function ChosenTemplate<T extends Template>({ catalogue, templateKey, onMade }: ChosenTemplateProps<T>) {
  const query = useQuery({
    queryKey: ['catalogue', catalogue.name, 'one', templateKey],
    queryFn: () => catalogue.get(templateKey),
  })
  return (
    <Loaded query={query} skeleton={<Lines count={3} />}>
      {(template) => <TemplateFields catalogue={catalogue} template={template} onMade={onMade} />}
    </Loaded>
  )
}

type TemplateFieldsProps<T extends Template> = {
  readonly catalogue: Catalogue<T>
  readonly template: T
  readonly onMade: (id: string) => Promise<unknown>
}

function TemplateFields<T extends Template>({ catalogue, template, onMade }: TemplateFieldsProps<T>) {
  const { key, name, placeholders } = template
  const initial: { name: string; replacements: Record<string, string> } = { name, replacements: {} }
  const form = useForm(initial, async (values) => {
    await onMade(await catalogue.create({ ...values, template: key }))
  })
  const { replacements } = form.values
  return (
    <StartForm form={form}>
      <TextInput {...form.text('name')} label={words.name} required autoFocus maw={420} />
      {placeholders.map((placeholder) => (
        <TextInput
          key={placeholder.name}
          label={toPlaceholderLabel(placeholder.name)}
          description={placeholder.hint}
          value={replacements[placeholder.name] ?? ''}
          error={form.errorOf(`replacements.${placeholder.name}`)}
          onChange={(event) =>
            form.set({
              replacements: { ...replacements, [placeholder.name]: event.currentTarget.value.trim() },
            })
          }
          spellCheck={false}
          maw={420}
          required
        />
      ))}
    </StartForm>
  )
}
