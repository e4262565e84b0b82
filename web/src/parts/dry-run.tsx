import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { answerOf, api } from '../api.ts'
import { type FlowValues, toFlowBody } from '../flow-values.ts'
import { COUNTRIES } from '../places.ts'
import { useItems } from '../resource.ts'
import { type Campaign, flows } from '../resources.ts'
import { useMe } from '../session.ts'
import { toOptions } from '../texts.ts'
import { dryRunTexts, flowTexts } from '../texts-flow.ts'
import { zonedMoment } from '../zoned-day.ts'
import { useTokenNames } from './condition-test.tsx'
import { DryRunPrevious, type Previous } from './dry-run-previous.tsx'
import { DryRunResult } from './dry-run-result.tsx'
import { FormProblem } from './form-footer.tsx'
import { Pair } from './form-layout.tsx'
import { Icon } from './icon.tsx'

const words = dryRunTexts
const { device_type: DEVICES, visitor: VISITORS } = flowTexts.choices
/** Fields with an input of their own. */
const ASKED = ['country', 'device_type', 'os', 'browser', 'visitor'] as const
type Asked = (typeof ASKED)[number]
type Detail = { readonly field: string; readonly value: string }

type DryRunProps = {
  readonly campaign: Campaign
  /** To try before it is saved; undefined for a shared flow, which is tried as it is saved. */
  readonly flow: FlowValues | undefined
}

/** Which way a visitor would go, and why. */
export function DryRun({ campaign, flow }: DryRunProps) {
  const [facts, setFacts] = useState<Readonly<Partial<Record<Asked, string>>>>({})
  const [details, setDetails] = useState<readonly Detail[]>([])
  const [at, setAt] = useState('')
  const [previous, setPrevious] = useState<Previous>()
  const { timeZone } = useMe().workspace
  const run = useMutation({
    mutationFn: async (seed: string) => {
      const body = {
        facts: toFacts(facts, details),
        seed,
        ...(flow && { flow: toTriedFlow(flow) }),
        ...(at !== '' && { at: zonedMoment(at, timeZone).toISOString() }),
        ...(facts.visitor === 'returning' && previous && { previous }),
      }
      const params = { path: { id: campaign.id } }
      const dryRun = await answerOf(api.POST('/api/v1/campaigns/{id}/dry-run', { params, body }))
      // The form may change while the answer stands there.
      return { dryRun, flow }
    },
  })
  const shared = useItems(flows).data?.find(({ id }) => id === campaign.flowId)
  const tried = flow ?? shared
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    run.mutate('dry-run')
  }
  return (
    <Stack gap="lg">
      <Text c="dimmed" size="sm">
        {flow === undefined ? words.leadShared : words.lead}
      </Text>
      <form onSubmit={submit}>
        <Stack gap="md">
          <AskedFacts facts={facts} onChange={(changes) => setFacts({ ...facts, ...changes })} />
          {facts.visitor === 'returning' && tried !== undefined && (
            <DryRunPrevious flow={tried} previous={previous} onChange={setPrevious} />
          )}
          <TextInput
            type="datetime-local"
            label={words.at}
            description={words.atHint(timeZone)}
            value={at}
            onChange={(event) => setAt(event.currentTarget.value)}
          />
          <Details details={details} onChange={setDetails} />
          <FormProblem problem={run.error?.message} />
          <Group gap="xs">
            <Button type="submit" loading={run.isPending}>
              {words.run}
            </Button>
            {run.data !== undefined && (
              <Button variant="subtle" color="gray" onClick={() => run.mutate(crypto.randomUUID())}>
                {words.again}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
      {run.data !== undefined && <DryRunResult dryRun={run.data.dryRun} flow={run.data.flow ?? shared} />}
    </Stack>
  )
}

type AskedFactsProps = {
  readonly facts: Readonly<Partial<Record<Asked, string>>>
  readonly onChange: (changes: Partial<Record<Asked, string>>) => void
}

function AskedFacts({ facts, onChange }: AskedFactsProps) {
  const unknown = { placeholder: words.unknown, clearable: true }
  return (
    <Pair>
      <Select
        {...unknown}
        label={words.country}
        data={COUNTRIES}
        value={facts.country ?? null}
        onChange={(country) => onChange({ country: country ?? '' })}
        searchable
      />
      <Select
        {...unknown}
        label={words.deviceType}
        data={toOptions(DEVICES)}
        value={facts.device_type ?? null}
        onChange={(chosen) => onChange({ device_type: chosen ?? '' })}
      />
      <TextInput
        label={words.os}
        placeholder="iOS"
        value={facts.os ?? ''}
        onChange={(event) => onChange({ os: event.currentTarget.value })}
      />
      <TextInput
        label={words.browser}
        placeholder="Chrome"
        value={facts.browser ?? ''}
        onChange={(event) => onChange({ browser: event.currentTarget.value })}
      />
      <Select
        label={words.visitor}
        data={toOptions(VISITORS)}
        value={facts.visitor ?? 'new'}
        onChange={(visitor) => onChange({ visitor: visitor ?? 'new' })}
        allowDeselect={false}
      />
    </Pair>
  )
}

type DetailsProps = {
  readonly details: readonly Detail[]
  readonly onChange: (details: readonly Detail[]) => void
}

/** Anything else that conditions look at. */
function Details({ details, onChange }: DetailsProps) {
  const tokens = useTokenNames()
  const choices = [
    ...toOptions(flowTexts.fields).filter(({ value }) => !ASKED.some((asked) => asked === value)),
    ...tokens.map((name) => ({ value: `token:${name}`, label: flowTexts.token(name) })),
  ]
  const change = (at: number, changes: Partial<Detail>) =>
    onChange(details.map((detail, index) => (index === at ? { ...detail, ...changes } : detail)))
  return (
    <Stack gap={6}>
      {details.map((detail, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same field may stand here twice while it is edited
        <Group key={index} gap={6} wrap="nowrap">
          <Select
            aria-label={words.detail(index + 1)}
            data={choices}
            value={detail.field}
            onChange={(field) => change(index, { field: field ?? '' })}
            searchable
            allowDeselect={false}
            flex={1}
          />
          <TextInput
            aria-label={words.detailValue(index + 1)}
            value={detail.value}
            onChange={(event) => change(index, { value: event.currentTarget.value })}
            flex={1}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={words.detailRemove(index + 1)}
            onClick={() => onChange(details.filter((_, other) => other !== index))}
          >
            <Icon name="remove" size={14} />
          </ActionIcon>
        </Group>
      ))}
      <Group>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          ml={-8}
          leftSection={<Icon name="plus" size={12} />}
          onClick={() => onChange([...details, { field: 'language', value: '' }])}
        >
          {words.more}
        </Button>
      </Group>
    </Stack>
  )
}

/** What is left empty is unknown of the visitor. */
function toFacts(
  facts: Readonly<Partial<Record<Asked, string>>>,
  details: readonly Detail[],
): Record<string, string> {
  const visitor = facts.visitor ?? 'new'
  const all = [
    ...Object.entries({ ...facts, visitor, workspace_visitor: visitor }),
    ...details.map(({ field, value }) => [field, value] as const),
  ]
  return Object.fromEntries(all.filter(([, value]) => value.trim() !== ''))
}

function toTriedFlow(flow: FlowValues) {
  const { rules, paths, sticky } = toFlowBody(flow)
  return { rules, paths, sticky }
}
