import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { Catalogue, ListedTemplate, Template } from '../catalogue.ts'
import { setQuery, usePlace } from '../router.tsx'
import { catalogueTexts } from '../texts-catalogue.ts'
import { type Column, DataTable } from './data-table.tsx'
import { Empty } from './empty.tsx'
import { Loaded } from './loaded.tsx'
import { Confidence, toPlaceholderLabel } from './template-confidence.tsx'
import { TemplateForm } from './template-form.tsx'

const words = catalogueTexts
const TYPING_MS = 200
const START = 'start'
const TEMPLATE = 'template'

type TemplateStartProps<T extends Template> = {
  readonly catalogue: Catalogue<T>
  /** What is made, in the middle of a sentence. */
  readonly what: string
  /** What the template brings along. */
  readonly about: (template: T) => ReactNode
}

/** Whether the address asks for an empty form instead of a template. */
export function useStartsEmpty(): boolean {
  return usePlace().query.get(START) === 'empty'
}

/** The first step of something new: a template of the catalogue, or none. */
export function TemplateStart<T extends Template>({ catalogue, what, about }: TemplateStartProps<T>) {
  const key = usePlace().query.get(TEMPLATE)
  return key === null ? (
    <TemplateList catalogue={catalogue} what={what} />
  ) : (
    <ChosenTemplate catalogue={catalogue} templateKey={key} about={about} />
  )
}

const COLUMNS: readonly Column<ListedTemplate>[] = [
  {
    key: 'name',
    header: words.column.name,
    cell: ({ name, origin }) => (origin === 'own' ? `${name} · ${words.own}` : name),
  },
  { key: 'postback', header: words.column.postback, cell: toPostbackWord },
  {
    key: 'needs',
    header: words.column.needs,
    cell: ({ placeholders }) => (
      <Text size="sm" c="dimmed">
        {placeholders.map(toPlaceholderLabel).join(', ') || words.noQuestions}
      </Text>
    ),
  },
  {
    key: 'confidence',
    header: words.column.trust,
    cell: ({ confidence }) => <Confidence of={confidence} />,
  },
]

type TemplateListProps<T extends Template> = Omit<TemplateStartProps<T>, 'about'>

function TemplateList<T extends Template>({ catalogue, what }: TemplateListProps<T>) {
  const [search, setSearch] = useState('')
  const [wanted] = useDebouncedValue(search.trim(), TYPING_MS)
  const query = useQuery({
    queryKey: ['catalogue', catalogue.name, wanted],
    queryFn: () => catalogue.list(wanted),
    placeholderData: keepPreviousData,
  })
  return (
    <Stack gap="md">
      <Group align="flex-end" gap="xs">
        <TextInput
          label={words.search}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          type="search"
          autoFocus
          w={340}
          maw="100%"
        />
        <StartEmpty />
      </Group>
      <Text size="sm" c="dimmed">
        {words.searchHint(what)}
      </Text>
      <Loaded query={query}>
        {(templates) =>
          templates.length === 0 ? (
            <Empty icon="story" title={words.nothingTitle} text={words.nothingText} action={<StartEmpty />} />
          ) : (
            <DataTable
              label={words.search}
              rows={templates}
              rowKey={(template) => template.key}
              href={(template) => `/${catalogue.name}/new?${TEMPLATE}=${encodeURIComponent(template.key)}`}
              columns={COLUMNS}
            />
          )
        }
      </Loaded>
    </Stack>
  )
}

type ListedPostback = { readonly hasPostback?: boolean; readonly reporting?: keyof typeof words.reporting }

function toPostbackWord({ hasPostback, reporting }: ListedPostback): string {
  if (reporting !== undefined) return words.reporting[reporting]
  return hasPostback ? words.hasPostback : words.noPostback
}

function StartEmpty() {
  return (
    <Button variant="default" onClick={() => setQuery({ [START]: 'empty' })}>
      {words.startEmpty}
    </Button>
  )
}

type ChosenProps<T extends Template> = Omit<TemplateStartProps<T>, 'what'> & { readonly templateKey: string }

function ChosenTemplate<T extends Template>({ catalogue, templateKey, about }: ChosenProps<T>) {
  const query = useQuery({
    queryKey: ['catalogue', catalogue.name, 'one', templateKey],
    queryFn: () => catalogue.get(templateKey),
  })
  return (
    <Loaded query={query}>
      {(template) => (
        <TemplateForm
          catalogue={catalogue}
          template={template}
          about={about(template)}
          onOther={() => setQuery({ [TEMPLATE]: undefined })}
        />
      )}
    </Loaded>
  )
}
