import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Catalogue, Template } from '../catalogue.ts'
import { navigate } from '../router.tsx'
import { texts } from '../texts.ts'
import { catalogueTexts } from '../texts-catalogue.ts'
import { useForm } from '../use-form.ts'
import { FormProblem } from './form-footer.tsx'
import { FormLayout } from './form-layout.tsx'
import { Note } from './note.tsx'
import { Section } from './page.tsx'
import { Confidence, toPlaceholderLabel } from './template-confidence.tsx'

const words = catalogueTexts

type TemplateFormProps<T extends Template> = {
  readonly catalogue: Catalogue<T>
  readonly template: T
  readonly about: ReactNode
  readonly onOther: () => void
}

/** What only the user can know about a template: the name, and a value for each placeholder. */
export function TemplateForm<T extends Template>(props: TemplateFormProps<T>) {
  const { catalogue, template, about, onOther } = props
  const queries = useQueryClient()
  const { name, key, placeholders } = template
  const initial: { name: string; replacements: Record<string, string> } = { name, replacements: {} }
  const form = useForm(initial, async (values) => {
    const id = await catalogue.create({ ...values, template: key })
    // What comes with it, such as its calls, is in other lists.
    await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })
    navigate(`/${catalogue.name}/${id}`, { replace: true })
  })
  const fill = (placeholder: string, value: string) =>
    form.set({ replacements: { ...form.values.replacements, [placeholder]: value.trim() } })
  return (
    <FormLayout onSubmit={form.submit} aside={<About template={template}>{about}</About>}>
      <TextInput {...form.text('name')} label={texts.form.name} required autoFocus />
      {placeholders.length > 0 && (
        <Section title={words.yours} aside={words.yoursAside}>
          {placeholders.map((placeholder) => (
            <TextInput
              key={placeholder.name}
              label={toPlaceholderLabel(placeholder.name)}
              description={placeholder.hint}
              value={form.values.replacements[placeholder.name] ?? ''}
              error={form.errorOf(`replacements.${placeholder.name}`)}
              onChange={(event) => fill(placeholder.name, event.currentTarget.value)}
              spellCheck={false}
              required
            />
          ))}
        </Section>
      )}
      <Stack gap="md" mt="xl">
        <FormProblem problem={form.problem} />
        <Group gap="xs">
          <Button type="submit" loading={form.saving}>
            {words.create}
          </Button>
          <Button variant="subtle" color="gray" onClick={onOther}>
            {words.other}
          </Button>
        </Group>
      </Stack>
    </FormLayout>
  )
}

function About({ template, children }: { readonly template: Template; readonly children: ReactNode }) {
  const { confidence, notes, source } = template
  return (
    <Section title={words.comesWith}>
      {children}
      <div>
        <Confidence of={confidence} />
        <Text size="sm" c="dimmed" mt={4}>
          {words.confidenceHint[confidence]} {source !== '' && words.source(source)}
        </Text>
      </div>
      {notes !== '' && (
        <Note tone="look" title={words.note}>
          {notes}
        </Note>
      )}
    </Section>
  )
}
