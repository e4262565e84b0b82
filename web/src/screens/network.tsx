import { Select, Stack, TextInput } from '@mantine/core'
import { CopyField } from '../parts/copy-field.tsx'
import { EditScreen } from '../parts/edit-screen.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { Section } from '../parts/page.tsx'
import { CurrencySelect } from '../parts/pickers.tsx'
import { useSave } from '../resource.ts'
import { type AffiliateNetwork, networks } from '../resources.ts'
import type { PathParams } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { useForm } from '../use-form.ts'

export function NetworkScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={networks}
      id={params.id ?? 'new'}
      listTitle={texts.networks.title}
      createTitle={texts.networks.create}
      form={NetworkForm}
    />
  )
}

function NetworkForm({ item }: { readonly item: AffiliateNetwork | undefined }) {
  const { currency } = useMe().workspace
  const { save } = useSave(networks)
  const form = useForm(toValues(item, currency), (values) => save(item?.id, values))
  return (
    <FormLayout onSubmit={form.submit} aside={item && <Snippets network={item} />}>
      <Stack gap="md">
        <TextInput {...form.text('name')} label={texts.form.name} required autoFocus={item === undefined} />
        <Pair>
          <TextInput
            {...form.text('clickIdParam')}
            label={texts.networks.clickIdParam}
            description={texts.networks.clickIdParamHint}
          />
          <CurrencySelect
            description={texts.networks.currencyHint}
            value={form.values.currency}
            error={form.errorOf('currency')}
            onChange={(chosen) => form.set({ currency: chosen })}
          />
        </Pair>
        <Pair>
          <Select
            label={texts.networks.duplicatePolicy}
            data={toOptions(texts.networks.duplicatePolicies)}
            value={form.values.duplicatePolicy}
            error={form.errorOf('duplicatePolicy')}
            onChange={(policy) =>
              isKey(texts.networks.duplicatePolicies, policy) && form.set({ duplicatePolicy: policy })
            }
            allowDeselect={false}
          />
          <TextInput
            {...form.text('token')}
            label={texts.networks.token}
            description={texts.networks.tokenHint}
            autoComplete="off"
          />
        </Pair>
      </Stack>
      <FormFooter form={form} isNew={item === undefined} cancelHref="/affiliate-networks" />
    </FormLayout>
  )
}

function Snippets({ network }: { readonly network: AffiliateNetwork }) {
  const { ready, readyAside, postback, postbackHint, image, iframe, pixelHint } = texts.networks
  return (
    <Section title={ready} aside={readyAside}>
      <CopyField label={postback} value={network.postbackUrl} description={postbackHint} />
      <CopyField label={image} value={network.imagePixel} description={pixelHint} />
      <CopyField label={iframe} value={network.iframePixel} />
    </Section>
  )
}

type Policy = keyof typeof texts.networks.duplicatePolicies

function toValues(item: AffiliateNetwork | undefined, currency: string) {
  const duplicatePolicy: Policy = item?.duplicatePolicy ?? 'update'
  return {
    name: item?.name ?? '',
    clickIdParam: item?.clickIdParam ?? '',
    token: item?.token ?? '',
    duplicatePolicy,
    currency: item?.currency ?? currency,
  }
}
