import { Button, Group, Select, Stack } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import { useItems } from '../resource.ts'
import { type AlertChannel, alertChannels, targetSystems } from '../resources-notifications.ts'
import { isKey, texts, toOptions } from '../texts.ts'
import { channelTexts as words } from '../texts-alerts.ts'
import { useForm } from '../use-form.ts'
import { FormProblem } from './form-footer.tsx'
import { MadeKey } from './made-key.tsx'
import { Note } from './note.tsx'
import { SystemFields, type SystemValues } from './system-fields.tsx'

type ChannelFormProps = {
  readonly channel: AlertChannel | undefined
  readonly hasMail: boolean
  readonly onDone: () => void
}

type ChannelValues = SystemValues & { readonly system: keyof typeof words.systems }

/** One channel; the secret that a new webhook is given is shown this once. */
export function ChannelForm({ channel, hasMail, onDone }: ChannelFormProps) {
  const queries = useQueryClient()
  const systems = useItems(targetSystems).data ?? []
  const [secret, setSecret] = useState('')
  const form = useForm(toValues(channel), async (values) => {
    const made = await save(channel, values)
    await queries.invalidateQueries({ queryKey: [alertChannels.name] })
    if (made === '') onDone()
    else setSecret(made)
  })
  const system = systems.find((each) => each.system === form.values.system)
  if (secret !== '') return <MadeKey value={secret} words={words} onDone={onDone} />
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <Select
          label={words.system}
          data={toOptions(words.systems)}
          value={form.values.system}
          error={form.errorOf('system')}
          onChange={(chosen) =>
            isKey(words.systems, chosen) && form.set({ ...toValues(undefined), system: chosen })
          }
          allowDeselect={false}
          disabled={channel !== undefined}
          data-autofocus
        />
        {form.values.system === 'email' && !hasMail && <Note tone="look">{words.noMail}</Note>}
        {system !== undefined && (
          <SystemFields
            // What a conversion is told as is no alert's.
            system={{ ...system, settings: system.settings.filter(({ name }) => name !== 'text') }}
            values={form.values}
            secretNames={channel?.systemSecretNames ?? []}
            errorOf={form.errorOf}
            onChange={form.set}
          />
        )}
        <FormProblem problem={form.problem} />
        <Group>
          <Button type="submit" loading={form.saving}>
            {channel === undefined ? texts.form.create : texts.form.save}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function toValues(channel: AlertChannel | undefined): ChannelValues {
  return {
    system: isKey(words.systems, channel?.system) ? channel.system : 'slack',
    url: channel?.url ?? '',
    settings: channel?.settings ?? {},
    systemSecrets: {},
  }
}

/** Resolves to the secret of a new webhook; '' for anything else. */
async function save(channel: AlertChannel | undefined, { system, ...body }: ChannelValues): Promise<string> {
  if (channel === undefined) {
    return (await answerOf(api.POST('/api/v1/alert-channels', { body: { system, ...body } }))).secret
  }
  const params = { path: { id: channel.id } }
  await answerOf(api.PATCH('/api/v1/alert-channels/{id}', { params, body }))
  return ''
}
