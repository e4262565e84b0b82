import { NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { sourceCatalogue } from '../catalogue.ts'
import { TIME_ZONES } from '../choices.ts'
import { ChangeHistory } from '../parts/change-history.tsx'
import { EditScreen } from '../parts/edit-screen.tsx'
import { Fold } from '../parts/fold.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Section } from '../parts/page.tsx'
import { CurrencySelect } from '../parts/pickers.tsx'
import { SourceLink } from '../parts/source-link.tsx'
import { TargetRows } from '../parts/target-rows.tsx'
import { AboutSource } from '../parts/template-about.tsx'
import { TemplateStart, useStartsEmpty } from '../parts/template-start.tsx'
import { TokenRows } from '../parts/token-rows.tsx'
import { useFreshItems } from '../resource.ts'
import { type NotificationTarget, sources, type TrafficSource, targets } from '../resources.ts'
import type { PathParams } from '../router.tsx'
import { useMe } from '../session.ts'
import { EMPTY_TARGET, type TargetValues, toTargetValues } from '../target-values.ts'
import { texts } from '../texts.ts'
import { sourceTexts } from '../texts-catalogue.ts'
import { type Form, useForm } from '../use-form.ts'
import { useSaveSource } from '../use-save-source.ts'

const TRAFFIC_LOSS_PERCENT_MAX = 99

export function SourceScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={sources}
      id={params.id ?? 'new'}
      listTitle={texts.sources.title}
      createTitle={texts.sources.create}
      form={SourceStart}
    />
  )
}

function SourceStart({ item }: { readonly item: TrafficSource | undefined }) {
  const isEmpty = useStartsEmpty()
  if (item !== undefined || isEmpty) return <SourceWithTargets item={item} />
  return (
    <TemplateStart
      catalogue={sourceCatalogue}
      what={texts.campaigns.source.toLowerCase()}
      about={(template) => <AboutSource template={template} />}
    />
  )
}

/** The form needs the source's calls too, which are things of their own. */
function SourceWithTargets({ item }: { readonly item: TrafficSource | undefined }) {
  const query = useFreshItems(targets)
  return (
    <Loaded query={query}>
      {(all) => (
        <SourceForm item={item} owned={all.filter((target) => target.ownerId === item?.id).toReversed()} />
      )}
    </Loaded>
  )
}

type SourceFormProps = {
  readonly item: TrafficSource | undefined
  /** Its calls, oldest first. */
  readonly owned: readonly NotificationTarget[]
}

function SourceForm({ item, owned }: SourceFormProps) {
  const { currency } = useMe().workspace
  const save = useSaveSource(item, owned)
  const form: Form<SourceValues> = useForm(toValues(item, owned, currency), async (values) => {
    const kept = await save(values)
    form.keep({ targets: kept })
  })
  return (
    <>
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
          <SourceLink source={form.values} id={item?.id} />
        </Section>
        <Section title={texts.sources.outgoing} aside={texts.sources.outgoingAside}>
          <TargetRows
            targets={form.values.targets}
            errorOf={form.errorOf}
            onChange={(changed) => form.set({ targets: changed })}
          />
        </Section>
        <Billing form={form} />
        <FormFooter form={form} isNew={item === undefined} cancelHref="/traffic-sources" />
      </FormLayout>
      {item !== undefined && <ChangeHistory subjectType="traffic source" subjectId={item.id} />}
    </>
  )
}

/** How the source's own count and days differ from ours. */
function Billing({ form }: { readonly form: Form<SourceValues> }) {
  const { timeZone } = useMe().workspace
  const { trafficLossPercent } = form.values
  const isUsed =
    form.values.timeZone !== '' || trafficLossPercent > 0 || form.hasErrorAt('trafficLossPercent')
  return (
    <Fold title={sourceTexts.billing} aside={sourceTexts.billingAside} isUsed={isUsed}>
      <Pair>
        <Select
          label={texts.setup.timeZone}
          description={sourceTexts.timeZoneHint}
          placeholder={sourceTexts.timeZoneOfWorkspace(timeZone)}
          data={TIME_ZONES}
          value={form.values.timeZone === '' ? null : form.values.timeZone}
          error={form.errorOf('timeZone')}
          onChange={(chosen) => form.set({ timeZone: chosen ?? '' })}
          searchable
          clearable
        />
        <NumberInput
          label={sourceTexts.trafficLoss}
          description={sourceTexts.trafficLossHint}
          value={form.values.trafficLossPercent}
          error={form.errorOf('trafficLossPercent')}
          onChange={(percent) => form.set({ trafficLossPercent: Number(percent) })}
          min={0}
          max={TRAFFIC_LOSS_PERCENT_MAX}
        />
      </Pair>
    </Fold>
  )
}

type SourceValues = ReturnType<typeof toValues>

function toValues(item: TrafficSource | undefined, owned: readonly NotificationTarget[], currency: string) {
  const calls: readonly TargetValues[] = item === undefined ? [EMPTY_TARGET] : owned.map(toTargetValues)
  return {
    name: item?.name ?? '',
    externalIdParam: item?.externalIdParam ?? '',
    externalIdMacro: item?.externalIdMacro ?? '',
    costParam: item?.costParam ?? '',
    costMacro: item?.costMacro ?? '',
    currency: item?.currency ?? currency,
    tokens: item?.tokens ?? [],
    timeZone: item?.timeZone ?? '',
    trafficLossPercent: item?.trafficLossPercent ?? 0,
    targets: calls,
  }
}
