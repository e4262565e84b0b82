import { NumberInput, Stack, TextInput } from '@mantine/core'
import { CopyField } from '../parts/copy-field.tsx'
import { EditScreen } from '../parts/edit-screen.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout } from '../parts/form-layout.tsx'
import { Section } from '../parts/page.tsx'
import { useSave } from '../resource.ts'
import { type Lander, landers } from '../resources.ts'
import type { PathParams } from '../router.tsx'
import { texts } from '../texts.ts'
import { useForm } from '../use-form.ts'

const CTAS_MAX = 20

export function LanderScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={landers}
      id={params.id ?? 'new'}
      listTitle={texts.landers.title}
      createTitle={texts.landers.create}
      form={LanderForm}
    />
  )
}

function LanderForm({ item }: { readonly item: Lander | undefined }) {
  const { save } = useSave(landers)
  const form = useForm(
    { name: item?.name ?? '', url: item?.url ?? '', ctaCount: item?.ctaCount ?? 1 },
    (values) => save(item?.id, values),
  )
  return (
    <FormLayout onSubmit={form.submit} aside={item && <Links lander={item} />}>
      <Stack gap="md">
        <TextInput {...form.text('name')} label={texts.form.name} required autoFocus={item === undefined} />
        <TextInput
          {...form.text('url')}
          label={texts.landers.url}
          description={texts.landers.urlHint}
          placeholder="https://"
          required
        />
        <NumberInput
          label={texts.landers.ctaCount}
          description={texts.landers.ctaCountHint}
          value={form.values.ctaCount}
          error={form.errorOf('ctaCount')}
          onChange={(count) => form.set({ ctaCount: Number(count) })}
          min={1}
          max={CTAS_MAX}
          allowDecimal={false}
          maw={200}
        />
      </Stack>
      <FormFooter form={form} isNew={item === undefined} cancelHref="/landers" />
    </FormLayout>
  )
}

function Links({ lander }: { readonly lander: Lander }) {
  return (
    <Section title={texts.landers.links} aside={texts.landers.linkHint}>
      {Array.from({ length: lander.ctaCount }, (_, index) => index + 1).map((number) => (
        <CopyField
          key={number}
          label={texts.landers.link(number)}
          value={number === 1 ? lander.clickUrl : `${lander.clickUrl}/${number}`}
        />
      ))}
    </Section>
  )
}
