import { Stack, TextInput } from '@mantine/core'
import { ChangeHistory } from '../parts/change-history.tsx'
import { DomainAside } from '../parts/domain-aside.tsx'
import { EditScreen } from '../parts/edit-screen.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout } from '../parts/form-layout.tsx'
import { ItemSelect } from '../parts/pickers.tsx'
import { FALLBACK_IGNORES, UrlField } from '../parts/url-field.tsx'
import { useSave } from '../resource.ts'
import { campaigns, type Domain, domains } from '../resources.ts'
import type { PathParams } from '../router.tsx'
import { texts } from '../texts.ts'
import { domainTexts as words } from '../texts-more.ts'
import { useForm } from '../use-form.ts'

export function DomainScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={domains}
      id={params.id ?? 'new'}
      listTitle={words.title}
      createTitle={words.create}
      form={DomainForm}
    />
  )
}

function DomainForm({ item }: { readonly item: Domain | undefined }) {
  const { save } = useSave(domains)
  const initial = {
    name: item?.name ?? '',
    defaultCampaignId: item?.defaultCampaignId ?? '',
    fallbackUrl: item?.fallbackUrl ?? '',
  }
  const form = useForm(initial, (values) => save(item?.id, values))
  return (
    <>
      <FormLayout onSubmit={form.submit} aside={<DomainAside item={item} name={form.values.name} />}>
        <Stack gap="md">
          <TextInput
            {...form.text('name')}
            label={words.name}
            description={words.nameHint}
            placeholder="go.example.com"
            required
            autoFocus={item === undefined}
          />
          <ItemSelect
            resource={campaigns}
            label={words.defaultCampaign}
            description={words.defaultCampaignHint}
            placeholder={texts.none}
            value={form.values.defaultCampaignId}
            error={form.errorOf('defaultCampaignId')}
            onChange={(defaultCampaignId) => form.set({ defaultCampaignId })}
          />
          <UrlField
            label={words.fallback}
            description={words.fallbackHint}
            value={form.values.fallbackUrl}
            error={form.errorOf('fallbackUrl')}
            onChange={(fallbackUrl) => form.set({ fallbackUrl })}
            purpose="lander"
            ignored={FALLBACK_IGNORES}
          />
        </Stack>
        <FormFooter form={form} isNew={item === undefined} cancelHref="/domains" />
      </FormLayout>
      {item !== undefined && <ChangeHistory subjectType="domain" subjectId={item.id} />}
    </>
  )
}
