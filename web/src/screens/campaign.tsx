import { Anchor, NumberInput, Select, Stack, TagsInput, TextInput } from '@mantine/core'
import { type FlowValues, toFlowBody, withSaved } from '../flow-values.ts'
import { CampaignAside } from '../parts/campaign-aside.tsx'
import { CampaignCost, toCostModel, toCostValues } from '../parts/campaign-cost.tsx'
import { CampaignLink } from '../parts/campaign-link.tsx'
import { CampaignTargets } from '../parts/campaign-targets.tsx'
import { ChangeHistory } from '../parts/change-history.tsx'
import { EditScreen } from '../parts/edit-screen.tsx'
import { FlowEditor } from '../parts/flow-editor.tsx'
import { EMPTY_PATH } from '../parts/flow-paths.tsx'
import { SharedFlow } from '../parts/flow-shared.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { Fields, FormLayout, Pair } from '../parts/form-layout.tsx'
import { LegacyIds } from '../parts/legacy-ids.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Section } from '../parts/page.tsx'
import { ItemSelect } from '../parts/pickers.tsx'
import { FALLBACK_IGNORES, UrlField } from '../parts/url-field.tsx'
import { useItem, useItems, useSave } from '../resource.ts'
import { type Campaign, type CampaignBody, campaigns, domains, flows, sources } from '../resources.ts'
import { type PathParams, usePlace } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { campaignTexts } from '../texts-campaigns.ts'
import { flowTexts } from '../texts-flow.ts'
import { type Form, useForm } from '../use-form.ts'

export function CampaignScreen({ params }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={campaigns}
      id={params.id ?? 'new'}
      listTitle={texts.campaigns.title}
      createTitle={texts.campaigns.create}
      form={CampaignOrCopy}
    />
  )
}

/** A new campaign may begin as a copy of another: `/campaigns/new?from=ID`. */
function CampaignOrCopy({ item }: { readonly item: Campaign | undefined }) {
  const from = usePlace().query.get('from')
  if (item !== undefined || from === null) return <CampaignForm item={item} />
  return <CampaignCopy from={from} />
}

function CampaignCopy({ from }: { readonly from: string }) {
  const query = useItem(campaigns, from)
  return <Loaded query={query}>{(original) => <CampaignForm item={undefined} original={original} />}</Loaded>
}

type CampaignFormProps = { readonly item: Campaign | undefined; readonly original?: Campaign }

function CampaignForm({ item, original }: CampaignFormProps) {
  const { currency } = useMe().workspace
  const { store, show } = useSave(campaigns)
  const initial = original === undefined ? toValues(item, currency) : toCopyValues(original, currency)
  const isNew = item === undefined
  const form = useForm(initial, async (values) => {
    const saved = await store(item?.id, toBody(values, { isNew }))
    form.keep((now) => withSaved(now, values, saved))
    show(saved, { isNew })
  })
  const { flowId } = form.values
  return (
    <>
      {item !== undefined && <CampaignLink campaign={item} />}
      <FormLayout
        onSubmit={form.submit}
        locks="parts"
        aside={<CampaignAside item={item} flow={flowId === '' ? form.values : undefined} />}
      >
        <Fields>
          <Basics form={form} isNew={item === undefined} />
          <FlowChoice form={form} campaignId={item?.id} />
        </Fields>
        {flowId === '' && (
          <FlowEditor
            flow={form.values}
            owner={item && { kind: 'campaign', id: item.id }}
            warnings={item?.warnings ?? []}
            errorOf={form.errorOf}
            hasErrorAt={form.hasErrorAt}
            onChange={form.set}
          />
        )}
        <Fields>
          <CampaignCost
            cost={form.values.costModel}
            errorOf={form.errorOf}
            onChange={(costModel) => form.set({ costModel })}
          />
          <More form={form} />
          <FormFooter form={form} isNew={item === undefined} cancelHref="/campaigns" />
        </Fields>
      </FormLayout>
      {item !== undefined && <ChangeHistory subjectType="campaign" subjectId={item.id} />}
      {item !== undefined && <CampaignTargets campaignId={item.id} />}
    </>
  )
}

type CampaignForm = Form<CampaignValues>

function Basics({ form, isNew }: { readonly form: CampaignForm; readonly isNew: boolean }) {
  return (
    <Stack gap="md" mb="xl">
      <TextInput {...form.text('name')} label={texts.form.name} required autoFocus={isNew} />
      <Pair>
        <ItemSelect
          resource={sources}
          label={texts.campaigns.source}
          value={form.values.trafficSourceId}
          error={form.errorOf('trafficSourceId')}
          onChange={(trafficSourceId) => form.set({ trafficSourceId })}
          required
        />
        {isNew && (
          <Select
            label={texts.campaigns.status}
            data={toOptions(texts.campaigns.statuses)}
            value={form.values.status}
            error={form.errorOf('status')}
            onChange={(status) => isKey(texts.campaigns.statuses, status) && form.set({ status })}
            allowDeselect={false}
          />
        )}
      </Pair>
    </Stack>
  )
}

/** Where visitors go: by rules of the campaign's own, or by a shared flow. Asked only where there is one. */
type FlowChoiceProps = { readonly form: CampaignForm; readonly campaignId: string | undefined }

function FlowChoice({ form, campaignId }: FlowChoiceProps) {
  const shared = useItems(flows).data ?? []
  const { flowId } = form.values
  if (shared.length === 0 && flowId === '') return null
  return (
    <Section title={texts.campaigns.flow}>
      <ItemSelect
        resource={flows}
        label={flowTexts.which}
        placeholder={flowTexts.own}
        description={flowId === '' ? flowTexts.ownHint : flowTexts.sharedHint}
        value={flowId}
        error={form.errorOf('flowId')}
        onChange={(chosen) => form.set({ flowId: chosen })}
      />
      {flowId !== '' && (
        <>
          <SharedFlow flowId={flowId} campaignId={campaignId} />
          <Anchor href={`/flows/${flowId}`} size="sm">
            {flowTexts.openShared}
          </Anchor>
        </>
      )}
    </Section>
  )
}

function More({ form }: { readonly form: CampaignForm }) {
  return (
    <Section title={texts.form.more}>
      <Pair>
        <TextInput
          {...form.text('slug')}
          label={texts.campaigns.slug}
          description={texts.campaigns.slugHint}
        />
        <Select
          label={texts.campaigns.redirectMode}
          data={toOptions(texts.campaigns.redirectModes)}
          value={form.values.redirectMode}
          error={form.errorOf('redirectMode')}
          onChange={(mode) => isKey(texts.campaigns.redirectModes, mode) && form.set({ redirectMode: mode })}
          allowDeselect={false}
        />
        <ItemSelect
          resource={domains}
          label={flowTexts.domain}
          placeholder={flowTexts.domainMain}
          value={form.values.domainId}
          error={form.errorOf('domainId')}
          onChange={(domainId) => form.set({ domainId })}
        />
        <NumberInput
          label={flowTexts.uniqueHours}
          description={flowTexts.uniqueHoursHint}
          value={form.values.uniqueHours}
          error={form.errorOf('uniqueHours')}
          onChange={(hours) => form.set({ uniqueHours: Number(hours) })}
          min={0}
          allowDecimal={false}
        />
      </Pair>
      <UrlField
        label={texts.campaigns.fallback}
        description={texts.campaigns.fallbackHint}
        value={form.values.fallbackUrl}
        error={form.errorOf('fallbackUrl')}
        onChange={(fallbackUrl) => form.set({ fallbackUrl })}
        purpose="lander"
        ignored={FALLBACK_IGNORES}
      />
      <TagsInput
        label={flowTexts.tags}
        value={form.values.tags}
        error={form.errorOf('tags')}
        onChange={(tags) => form.set({ tags })}
      />
      <LegacyIds
        of="campaign"
        value={form.values.legacyIds}
        errorOf={form.errorOf}
        onChange={(legacyIds) => form.set({ legacyIds })}
      />
    </Section>
  )
}

type CampaignValues = ReturnType<typeof toValues>

function toValues(item: Campaign | undefined, currency: string) {
  const flow: FlowValues = {
    rules: item?.rules ?? [],
    paths: item?.paths ?? [EMPTY_PATH],
    sticky: item?.sticky ?? 'none',
    optimization: item?.optimization ?? null,
  }
  return {
    ...flow,
    name: item?.name ?? '',
    trafficSourceId: item?.trafficSourceId ?? '',
    status: item?.status ?? ('active' as const),
    slug: item?.slug ?? '',
    redirectMode: item?.redirectMode ?? ('302' as const),
    fallbackUrl: item?.fallbackUrl ?? '',
    flowId: item?.flowId ?? '',
    uniqueHours: item?.uniqueHours ?? 0,
    domainId: item?.domainId ?? '',
    tags: item?.tags ?? [],
    legacyIds: item?.legacyIds ?? [],
    costModel: toCostValues(item, currency),
  }
}

/** All but what is a campaign's alone: its link, and the ids that other systems know it by. */
function toCopyValues(original: Campaign, currency: string): CampaignValues {
  const name = campaignTexts.cloneName(original.name)
  return { ...toValues(original, currency), name, slug: '', legacyIds: [] }
}

/** What is there is paused by the button above the form: saving the form must not undo that. */
function toBody(values: CampaignValues, { isNew }: { readonly isNew: boolean }): CampaignBody {
  const { rules, paths, sticky, optimization, costModel, slug, status, ...rest } = values
  return {
    ...rest,
    ...(isNew ? { status } : {}),
    // What belongs to a shared flow is that flow's; what the form began with has no offer yet.
    ...(rest.flowId === '' ? toFlowBody({ rules, paths, sticky, optimization }) : {}),
    ...(slug.trim() === '' ? {} : { slug: slug.trim() }),
    costModel: toCostModel(costModel),
  }
}
