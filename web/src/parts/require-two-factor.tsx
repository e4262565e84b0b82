import { Stack, Switch, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { Member } from '../resources-network.ts'
import { peopleTexts as words } from '../texts-settings.ts'
import { FormProblem } from './form-footer.tsx'
import { Loaded } from './loaded.tsx'
import { Section } from './page.tsx'
import { useTell } from './tell.tsx'

/** Whether everybody of the workspace needs a second factor; one switch, saved at once. */
export function RequireTwoFactor({ people }: { readonly people: readonly Member[] }) {
  const queries = useQueryClient()
  const tell = useTell()
  const query = useQuery({ queryKey: ['settings'], queryFn: () => answerOf(api.GET('/api/v1/settings')) })
  const save = useMutation({
    mutationFn: (requireTwoFactor: boolean) =>
      answerOf(api.PATCH('/api/v1/settings', { body: { requireTwoFactor } })),
    onSuccess: (settings) => {
      queries.setQueryData(['settings'], settings)
      tell(settings.requireTwoFactor ? words.requireOn : words.requireOff)
      // The page of one's account says so too.
      return queries.invalidateQueries({ queryKey: ['me'] })
    },
  })
  const missing = people.filter(({ hasTwoFactor }) => hasTwoFactor !== true).length
  return (
    <Section title={words.requireTitle}>
      <Loaded query={query}>
        {({ requireTwoFactor }) => (
          <Stack gap="xs">
            <Switch
              label={words.require}
              description={words.requireHint}
              checked={save.isPending ? save.variables : requireTwoFactor}
              onChange={(event) => save.mutate(event.currentTarget.checked)}
            />
            {missing > 0 && (
              <Text size="sm" c="dimmed">
                {words.missing(missing)}
              </Text>
            )}
            <FormProblem problem={save.error?.message} />
          </Stack>
        )}
      </Loaded>
    </Section>
  )
}
