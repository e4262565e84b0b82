import { Button, Group, Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { endSession, listSessions, nameUserAgent, type Session, signOutElsewhere } from '../account.ts'
import { accountTexts as words } from '../texts-settings.ts'
import { DataTable } from './data-table.tsx'
import { FormProblem } from './form-footer.tsx'
import { Loaded } from './loaded.tsx'
import { Section } from './page.tsx'
import { useTell } from './tell.tsx'
import { When } from './when.tsx'

/** Where the person is signed in. */
export function Sessions() {
  const query = useQuery({ queryKey: ['sessions'], queryFn: listSessions })
  const end = useEnd()
  return (
    <Section title={words.sessions} aside={words.sessionsAside}>
      <Loaded query={query}>
        {(sessions) => (
          <>
            <DataTable
              label={words.sessions}
              rows={sessions}
              rowKey={({ token }) => token}
              columns={[
                { key: 'browser', header: words.browser, cell: (session) => <Browser session={session} /> },
                { key: 'address', header: words.address, cell: ({ address }) => address },
                { key: 'since', header: words.since, cell: ({ createdAt }) => <When at={createdAt} /> },
                {
                  key: 'end',
                  header: '',
                  numeric: true,
                  cell: ({ isThis, token, userAgent }) =>
                    !isThis && (
                      <Button
                        size="compact-xs"
                        variant="default"
                        aria-label={words.signOutOf(nameUserAgent(userAgent) || words.unknownBrowser)}
                        loading={end.isPending && end.variables === token}
                        onClick={() => end.mutate(token)}
                      >
                        {words.signOut}
                      </Button>
                    ),
                },
              ]}
            />
            <FormProblem problem={end.error?.message} />
            {sessions.length > 1 && (
              <Group>
                <Button
                  variant="default"
                  loading={end.isPending && end.variables === undefined}
                  onClick={() => end.mutate(undefined)}
                >
                  {words.signOutElsewhere}
                </Button>
              </Group>
            )}
          </>
        )}
      </Loaded>
    </Section>
  )
}

/** Ends one session, by its token, or all but this one. */
function useEnd() {
  const queries = useQueryClient()
  const tell = useTell()
  return useMutation({
    mutationFn: (token: string | undefined) => (token === undefined ? signOutElsewhere() : endSession(token)),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['sessions'] })
      tell(words.signedOut)
    },
  })
}

function Browser({ session: { userAgent, isThis } }: { readonly session: Session }) {
  return (
    <Text size="sm" title={userAgent}>
      {nameUserAgent(userAgent) || words.unknownBrowser}
      {isThis && ` (${words.thisOne})`}
    </Text>
  )
}
