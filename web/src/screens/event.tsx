import { Checkbox, Stack, Text, TextInput } from '@mantine/core'
import { EditScreen } from '../parts/edit-screen.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout } from '../parts/form-layout.tsx'
import { useSave } from '../resource.ts'
import { type EventType, eventTypes } from '../resources.ts'
import type { PathParams } from '../router.tsx'
import { texts } from '../texts.ts'
import { eventTexts as words } from '../texts-more.ts'
import { useForm } from '../use-form.ts'

const COUNTS = [
  { name: 'conversion', label: words.conversion, hint: words.conversionHint },
  { name: 'revenue', label: words.revenue, hint: words.revenueHint },
  { name: 'cost', label: words.cost, hint: words.costHint },
] as const

export function EventScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={eventTypes}
      id={params.id ?? 'new'}
      listTitle={words.title}
      createTitle={words.create}
      form={EventForm}
    />
  )
}

function EventForm({ item }: { readonly item: EventType | undefined }) {
  const { save } = useSave(eventTypes)
  const initial = {
    name: item?.name ?? '',
    counts: item?.counts ?? { conversion: true, revenue: true, cost: false },
  }
  const form = useForm(initial, (values) => save(item?.id, values))
  const { counts } = form.values
  return (
    <FormLayout onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput
          {...form.text('name')}
          label={texts.form.name}
          description={words.nameHint}
          required
          autoFocus={item === undefined}
        />
        <Text size="sm" fw={500}>
          {words.counts}
        </Text>
        {COUNTS.map(({ name, label, hint }) => (
          <Checkbox
            key={name}
            label={label}
            description={hint}
            checked={counts[name]}
            onChange={(event) => form.set({ counts: { ...counts, [name]: event.currentTarget.checked } })}
          />
        ))}
      </Stack>
      <FormFooter form={form} isNew={item === undefined} cancelHref="/events" />
    </FormLayout>
  )
}
