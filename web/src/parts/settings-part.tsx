import { Fieldset, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ApiProblem, answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { useMe } from '../session.ts'
import { settingsNavTexts as words } from '../texts-settings.ts'
import { type Form, useForm } from '../use-form.ts'
import classes from './edit-screen.module.css'
import { Loaded } from './loaded.tsx'

export type SettingsView = components['schemas']['Settings']
/** Settings that are many in one: the API changes those of them that it is given. */
type PartName = 'network' | 'alerts' | 'retention'

type SettingsPartProps = {
  readonly lead?: string
  readonly children: (settings: SettingsView) => ReactNode
}

/** A part of the workspace's settings, for its owners to change and for others to read. */
export function SettingsPart({ lead, children }: SettingsPartProps) {
  const query = useQuery({
    queryKey: ['settings'],
    queryFn: () => answerOf(api.GET('/api/v1/settings')),
    // A form begins with what is there now.
    gcTime: 0,
  })
  const isOwner = useMe().workspace.role === 'owner'
  return (
    <Loaded query={query}>
      {(settings) => (
        <Fieldset variant="unstyled" disabled={!isOwner} className={classes.form}>
          {(lead !== undefined || !isOwner) && (
            <Text c="dimmed" mb="md">
              {lead} {!isOwner && words.ownersOnly}
            </Text>
          )}
          {children(settings)}
        </Fieldset>
      )}
    </Loaded>
  )
}

/** The form of one of the parts that are many settings in one. */
export function useSettingsForm<Name extends PartName>(
  name: Name,
  settings: SettingsView,
): Form<SettingsView[Name]> {
  const queries = useQueryClient()
  return useForm(settings[name], async (values) => {
    await answerOf(api.PATCH('/api/v1/settings', { body: { [name]: values } })).catch((error: unknown) => {
      // The API names the fields under the part, the form without it.
      throw error instanceof ApiProblem ? error.liftFields(name) : error
    })
    await queries.invalidateQueries({ queryKey: ['settings'] })
  })
}
