import { Anchor, Group, List, NumberInput, PasswordInput, Select, Stack, Text, Textarea } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { answerOf, api } from '../api.ts'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { Fold } from '../parts/fold.tsx'
import { FormFooter } from '../parts/form-footer.tsx'
import { FormLayout, Pair } from '../parts/form-layout.tsx'
import { insertMacro } from '../parts/insert-macro.ts'
import { Loaded } from '../parts/loaded.tsx'
import { MacroHelp } from '../parts/macro-help.tsx'
import { Page, Section } from '../parts/page.tsx'
import { RotateSecret } from '../parts/rotate-secret.tsx'
import { TargetFields } from '../parts/target-fields.tsx'
import { HEALTH_REFRESH_MS, PauseButton, TargetHealth, TargetStatus } from '../parts/target-standing.tsx'
import { useChangeStatus, useOwnerName } from '../parts/target-table.tsx'
import { TargetTest } from '../parts/target-test.tsx'
import { useItems } from '../resource.ts'
import { type NotificationTarget, targets } from '../resources.ts'
import { labelOfTarget, targetSystems } from '../resources-notifications.ts'
import { navigate, type PathParams, usePlace } from '../router.tsx'
import { useMayChange } from '../session.ts'
import { EMPTY_TARGET, toTargetBody, toTargetValues } from '../target-values.ts'
import { isKey, toOptions } from '../texts.ts'
import { targetFieldTexts, targetPageTexts as words } from '../texts-targets.ts'
import { type Form, useForm } from '../use-form.ts'

const METHODS = ['GET', 'POST'] as const
const CONTENT_TYPES = ['application/x-www-form-urlencoded', 'application/json', 'text/plain'] as const
const PER_MINUTE_MAX = 60_000
const CONCURRENT_MAX = 256
const EXPIRE_HOURS_MAX = 2_160

/** One target: how it is, trying it, and everything that can be set. `new` makes one of a campaign. */
export function TargetScreen({ params: { id = 'new' } }: { readonly params: PathParams }) {
  const campaignId = usePlace().query.get('campaign') ?? ''
  if (id !== 'new') return <ExistingTarget id={id} />
  return (
    <Page title={words.create} back={{ href: `/campaigns/${campaignId}`, label: words.owners.campaign }}>
      <TargetForm target={undefined} campaignId={campaignId} />
    </Page>
  )
}

function ExistingTarget({ id }: { readonly id: string }) {
  const query = useQuery({
    queryKey: [targets.name, id],
    queryFn: () => answerOf(api.GET('/api/v1/notification-targets/{id}', { params: { path: { id } } })),
    refetchInterval: HEALTH_REFRESH_MS,
  })
  const systems = useItems(targetSystems).data ?? []
  const mayChange = useMayChange()
  return (
    <Page
      title={query.data === undefined ? words.one : labelOfTarget(query.data, systems)}
      back={{ href: '/notification-targets', label: words.title }}
      actions={query.data && mayChange && <Actions target={query.data} />}
    >
      <Loaded query={query}>
        {(target) => (
          <>
            <Standing target={target} />
            <WhenItFails />
            {target.ownerType === 'affiliate' ? (
              <Text c="dimmed">{words.affiliates}</Text>
            ) : (
              <TargetForm key={target.id} target={target} campaignId="" />
            )}
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Standing({ target }: { readonly target: NotificationTarget }) {
  const ownerOf = useOwnerName()
  return (
    <Group gap="xl" align="flex-start">
      <Stack gap={4}>
        <TargetStatus target={target} />
        <Text size="sm" c="dimmed">
          {words.statusHints[target.status]}
        </Text>
      </Stack>
      <Stack gap={4}>
        <TargetHealth target={target} />
        <Text size="sm">
          {ownerOf(target)} · <Anchor href={`/deliveries?targetId=${target.id}`}>{words.log}</Anchor>
        </Text>
      </Stack>
    </Group>
  )
}

function WhenItFails() {
  return (
    <Fold title={words.whenItFails} aside={words.whenItFailsAside} isUsed={false}>
      <List size="sm" spacing={4}>
        {words.failureRules.map((rule) => (
          <List.Item key={rule}>{rule}</List.Item>
        ))}
      </List>
    </Fold>
  )
}

function Actions({
  target: { id, status, ownerType, type, hasSecret },
}: {
  readonly target: NotificationTarget
}) {
  const queries = useQueryClient()
  const change = useChangeStatus()
  const params = { path: { id } }
  const reload = () => void queries.invalidateQueries({ queryKey: [targets.name] })
  const isOwn = ownerType !== 'affiliate'
  return (
    <>
      <PauseButton status={status} change={(to) => change(id, to)} />
      <TargetTest id={id} />
      {isOwn && type === 'postback' && hasSecret && (
        <RotateSecret
          rotate={(overlapHours) =>
            answerOf(
              api.POST('/api/v1/notification-targets/{id}/rotate-secret', { params, body: { overlapHours } }),
            )
          }
          onDone={reload}
        />
      )}
      {isOwn && (
        <ConfirmButton
          label={words.remove}
          title={words.remove}
          text={words.removeAsk}
          isGrave
          button={{ variant: 'subtle', color: 'gray' }}
          run={async () => {
            await answerOf(api.DELETE('/api/v1/notification-targets/{id}', { params }))
            reload()
            navigate('/notification-targets')
          }}
        />
      )}
    </>
  )
}

type TargetFormProps = { readonly target: NotificationTarget | undefined; readonly campaignId: string }

function TargetForm({ target, campaignId }: TargetFormProps) {
  const queries = useQueryClient()
  const form = useForm(toValues(target), async (values) => {
    const saved = await save(target?.id, campaignId, values)
    await queries.invalidateQueries({ queryKey: [targets.name] })
    if (target === undefined) navigate(`/notification-targets/${saved.id}`, { replace: true })
  })
  return (
    <FormLayout onSubmit={form.submit}>
      <TargetFields
        target={form.values}
        index={0}
        urlLabel={targetFieldTexts.url}
        errorOf={form.errorOf}
        onChange={form.set}
      />
      {form.values.system === '' && form.values.type === 'postback' && <PlainCall form={form} />}
      <Limits form={form} />
      <FormFooter form={form} isNew={target === undefined} />
    </FormLayout>
  )
}

type FormProps = { readonly form: Form<TargetFormValues> }

function PlainCall({ form }: FormProps) {
  const { method, contentType, bodyTemplate } = form.values
  const body = useRef<HTMLTextAreaElement>(null)
  const setBody = (text: string) => form.set({ bodyTemplate: text })
  return (
    <Section title={targetFieldTexts.delivery}>
      <Pair>
        <Select
          label={targetFieldTexts.method}
          data={[...METHODS]}
          value={method}
          error={form.errorOf('method')}
          onChange={(chosen) => form.set({ method: METHODS.find((each) => each === chosen) ?? 'GET' })}
          allowDeselect={false}
        />
        {method === 'POST' && (
          <Select
            label={targetFieldTexts.contentType}
            data={[...CONTENT_TYPES]}
            value={contentType}
            error={form.errorOf('contentType')}
            onChange={(chosen) => form.set({ contentType: toContentType(chosen ?? '') })}
            allowDeselect={false}
          />
        )}
      </Pair>
      {method === 'POST' && (
        <>
          <Textarea
            {...form.text('bodyTemplate')}
            ref={body}
            label={targetFieldTexts.body}
            description={targetFieldTexts.bodyHint}
            autosize
            minRows={3}
            spellCheck={false}
          />
          <MacroHelp
            purpose="target"
            onInsert={(macro) => insertMacro({ field: body, text: bodyTemplate, onChange: setBody }, macro)}
          />
        </>
      )}
      <PasswordInput
        {...form.text('secret')}
        label={targetFieldTexts.secret}
        description={form.values.hasSecret ? targetFieldTexts.kept : targetFieldTexts.secretHint}
        placeholder={form.values.hasSecret ? '••••••••' : ''}
        autoComplete="off"
      />
    </Section>
  )
}

function Limits({ form }: FormProps) {
  const number = (name: 'maxPerMinute' | 'maxConcurrent' | 'expireHours', max: number) => ({
    label: targetFieldTexts[name],
    value: form.values[name],
    error: form.errorOf(name),
    onChange: (value: number | string) => form.set({ [name]: Number(value) }),
    min: 0,
    max,
    allowDecimal: false,
  })
  return (
    <Section title={targetFieldTexts.limits}>
      <Pair>
        <NumberInput {...number('maxPerMinute', PER_MINUTE_MAX)} description={targetFieldTexts.noLimit} />
        <NumberInput {...number('maxConcurrent', CONCURRENT_MAX)} description={targetFieldTexts.noLimit} />
        <NumberInput {...number('expireHours', EXPIRE_HOURS_MAX)} description={targetFieldTexts.never} />
        <Select
          label={targetFieldTexts.status}
          data={toOptions(words.statuses)}
          value={form.values.status}
          onChange={(status) => isKey(words.statuses, status) && form.set({ status })}
          allowDeselect={false}
        />
      </Pair>
    </Section>
  )
}

type TargetFormValues = ReturnType<typeof toValues>

function toValues(target: NotificationTarget | undefined) {
  return {
    ...(target === undefined ? EMPTY_TARGET : toTargetValues(target)),
    method: target?.method ?? ('GET' as const),
    bodyTemplate: target?.bodyTemplate ?? '',
    contentType: toContentType(target?.contentType ?? ''),
    maxPerMinute: target?.maxPerMinute ?? 0,
    maxConcurrent: target?.maxConcurrent ?? 0,
    expireHours: target?.expireHours ?? 0,
    /** Typed anew; '' to leave it as it is. */
    secret: '',
    hasSecret: target?.hasSecret ?? false,
  }
}

function toContentType(text: string): (typeof CONTENT_TYPES)[number] {
  return CONTENT_TYPES.find((each) => each === text) ?? CONTENT_TYPES[0]
}

async function save(id: string | undefined, campaignId: string, values: TargetFormValues) {
  const { secret, maxPerMinute, maxConcurrent, expireHours } = values
  const body = {
    ...toTargetBody(values),
    ...callOf(values),
    maxPerMinute,
    maxConcurrent,
    expireHours,
    ...(secret === '' ? {} : { secret }),
  }
  if (id !== undefined) {
    return await answerOf(api.PATCH('/api/v1/notification-targets/{id}', { params: { path: { id } }, body }))
  }
  const params = { path: { id: campaignId } }
  return await answerOf(api.POST('/api/v1/campaigns/{id}/notification-targets', { params, body }))
}

/** A call of a system, and one without a body, has no body of the user's. */
function callOf({ system, type, method, bodyTemplate, contentType }: TargetFormValues) {
  if (system !== '' || type !== 'postback') return { method: 'GET' as const, bodyTemplate: '', contentType }
  return { method, contentType, bodyTemplate: method === 'POST' ? bodyTemplate : '' }
}
