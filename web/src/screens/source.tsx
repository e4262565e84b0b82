import { MultiSelect, Stack, TextInput } from '@mantine/core'
import { EditScreen } from '../parts/edit-screen.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Section } from '../parts/page.tsx'
import { CurrencySelect } from '../parts/pickers.tsx'
import { TokenRows } from '../parts/token-rows.tsx'
import { useItems } from '../resource.ts'
import { type NotificationTarget, sources, type TrafficSource, targets } from '../resources.ts'
import type { PathParams } from '../router.tsx'
import { useMe } from '../session.ts'
import { texts } from '../texts.ts'
import { useForm } from '../use-form.ts'
import { useSaveSource } from '../use-save-source.ts'

const STATUSES = ['pending', 'approved', 'rejected', 'trash'] as const

export function SourceScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={sources}
      id={params.id ?? 'new'}
      listTitle={texts.sources.title}
      createTitle={texts.sources.create}
      form={SourceWithTarget}
    />
  )
}

/** The form needs the source's postback too, which is a thing of its own. */
function SourceWithTarget({ item }: { readonly item: TrafficSource | undefined }) {
  const query = useItems(targets)
  return (
    <Loaded query={query}>
      {(all) => <SourceForm item={item} target={all.find((target) => target.ownerId === item?.id)} />}
    </Loaded>
  )
}

type SourceFormProps = {
  readonly item: TrafficSource | undefined
  readonly target: NotificationTarget | undefined
}

function SourceForm({ item, target }: SourceFormProps) {
  const { currency } = useMe().workspace
  const save = useSaveSource(item, target)
  const form = useForm(toValues(item, target, currency), save)
  return (
    <FormLayout onSubmit={form.submit}>
      <Stack gap="md">
        <TextInput {...form.text('name')} label={texts.form.name} required autoFocus={item === undefined} />
      </Stack>
      <Section title={texts.sources.incoming} aside={texts.sources.incomingAside}>
        <Pair>
          <TextInput
            {...form.text('externalIdParam')}
            label={texts.sources.externalIdParam}
            description={texts.sources.externalIdParamHint}
          />
          <TextInput
            {...form.text('externalIdMacro')}
            label={texts.sources.externalIdMacro}
            description={texts.sources.macroHint}
          />
          <TextInput
            {...form.text('costParam')}
            label={texts.sources.costParam}
            description={texts.sources.costParamHint}
          />
          <TextInput {...form.text('costMacro')} label={texts.sources.costMacro} />
        </Pair>
        <CurrencySelect
          description={texts.sources.currencyHint}
          value={form.values.currency}
          error={form.errorOf('currency')}
          onChange={(chosen) => form.set({ currency: chosen })}
        />
        <TokenRows
          tokens={form.values.tokens}
          errorOf={form.errorOf}
          onChange={(tokens) => form.set({ tokens })}
        />
      </Section>
      <Section title={texts.sources.outgoing} aside={texts.sources.outgoingAside}>
        <TextInput
          {...form.text('postbackUrl')}
          label={texts.sources.postbackUrl}
          description={texts.sources.postbackHint}
          placeholder="https://"
        />
        <MultiSelect
          label={texts.sources.postbackStatuses}
          description={texts.sources.postbackStatusesHint}
          data={STATUSES.map((value) => ({ value, label: texts.status[value] }))}
          value={form.values.postbackStatuses}
          error={form.errorOf('postbackStatuses')}
          onChange={(chosen) =>
            form.set({ postbackStatuses: STATUSES.filter((status) => chosen.includes(status)) })
          }
        />
      </Section>
      <FormFooter form={form} isNew={item === undefined} cancelHref="/traffic-sources" />
    </FormLayout>
  )
}

function toValues(item: TrafficSource | undefined, target: NotificationTarget | undefined, currency: string) {
  return {
    name: item?.name ?? '',
    externalIdParam: item?.externalIdParam ?? '',
    externalIdMacro: item?.externalIdMacro ?? '',
    costParam: item?.costParam ?? '',
    costMacro: item?.costMacro ?? '',
    currency: item?.currency ?? currency,
    tokens: item?.tokens ?? [],
    postbackUrl: target?.url ?? '',
    postbackStatuses: target?.statuses ?? [],
  }
}
