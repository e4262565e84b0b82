import { Button, Group, Paper, Select, Stack, Text, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { SubmitEvent } from 'react'
import { useState } from 'react'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatTime } from '../format.ts'
import { setQuery, usePlace } from '../router.tsx'
import { useMe } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { privacyTexts as words } from '../texts-settings.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { Loaded } from './loaded.tsx'
import { Section } from './page.tsx'

type Way = keyof typeof words.ways
/** What is known of a person: by a click id, or a conversion that came without one. */
type Found = { readonly clickIds: readonly string[]; readonly clickless: string }
type Export = { readonly erasure: components['schemas']['Erasure'] | null }

/** What somebody asks for by law: what is known of them, and that it is erased. */
export function PrivacyRequest() {
  const { query: place } = usePlace()
  const asked = place.get('by')
  const by: Way = isKey(words.ways, asked) ? asked : 'clickId'
  const id = place.get('person') ?? ''
  const found = useQuery({
    queryKey: ['privacy', by, id],
    queryFn: () => find(by, id),
    enabled: id !== '',
    retry: false,
  })
  return (
    <Section title={words.title} aside={words.aside}>
      <Search by={by} id={id} />
      {id !== '' && (
        <Loaded query={found}>
          {({ clickIds, clickless }) => (
            <Stack gap="sm" role="status">
              <Text size="sm">{summary({ clickIds, clickless })}</Text>
              {clickIds.map((clickId) => (
                <OneClick key={clickId} clickId={clickId} />
              ))}
              {clickless !== '' && <OneConversion id={clickless} />}
            </Stack>
          )}
        </Loaded>
      )}
    </Section>
  )
}

function summary({ clickIds, clickless }: Found): string {
  if (clickless !== '') return words.clickless
  return clickIds.length === 0 ? words.nothing : words.found(clickIds.length)
}

async function find(by: Way, id: string): Promise<Found> {
  if (by === 'clickId') return { clickIds: [id], clickless: '' }
  const query = by === 'conversionId' ? { conversionId: id } : { externalId: id }
  const { clickIds } = await answerOf(api.GET('/api/v1/privacy/click-ids', { params: { query } }))
  return { clickIds, clickless: by === 'conversionId' && clickIds.length === 0 ? id : '' }
}

function Search({ by, id }: { readonly by: Way; readonly id: string }) {
  const [way, setWay] = useState(by)
  const [text, setText] = useState(id)
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    setQuery({ by: way, person: text.trim() })
  }
  return (
    <form onSubmit={submit}>
      <Group gap="xs" align="flex-end">
        <Select
          label={words.by}
          data={toOptions(words.ways)}
          value={way}
          onChange={(chosen) => isKey(words.ways, chosen) && setWay(chosen)}
          allowDeselect={false}
          w={230}
        />
        <TextInput
          aria-label={words.ways[way]}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          flex={1}
          miw={200}
          required
        />
        <Button type="submit" variant="default">
          {words.find}
        </Button>
      </Group>
    </form>
  )
}

function OneClick({ clickId }: { readonly clickId: string }) {
  const params = { path: { clickId } }
  return (
    <Known
      id={clickId}
      href={`/visits/${clickId}`}
      load={() => answerOf(api.GET('/api/v1/privacy/visits/{clickId}', { params }))}
      erase={(reason) =>
        answerOf(api.POST('/api/v1/privacy/visits/{clickId}/erase', { params, body: { reason } }))
      }
      asksReason
    />
  )
}

function OneConversion({ id }: { readonly id: string }) {
  const params = { path: { id } }
  return (
    <Known
      id={id}
      load={() => answerOf(api.GET('/api/v1/privacy/conversions/{id}', { params }))}
      erase={() => answerOf(api.POST('/api/v1/privacy/conversions/{id}/erase', { params }))}
    />
  )
}

type KnownProps = {
  readonly id: string
  readonly href?: string
  readonly load: () => Promise<Export>
  readonly erase: (reason: string) => Promise<unknown>
  readonly asksReason?: boolean
}

/** One thing that is known: handed out as a file, and erased. */
function Known({ id, href, load, erase, asksReason = false }: KnownProps) {
  const { timeZone } = useMe().workspace
  const queries = useQueryClient()
  const query = useQuery({ queryKey: ['privacy', 'export', id], queryFn: load, retry: false })
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Text component="code" size="sm" style={{ overflowWrap: 'anywhere' }}>
          {id}
        </Text>
        <Loaded query={query}>
          {(known) => (
            <>
              {known.erasure !== null && (
                <Text size="sm" c="dimmed">
                  {known.erasure.doneAt === null
                    ? words.erasing
                    : words.erased(formatTime(known.erasure.doneAt, timeZone))}{' '}
                  {words.orderedBecause(known.erasure.reason)}
                </Text>
              )}
              <Group gap="xs">
                {href !== undefined && (
                  <Button component="a" href={href} size="xs" variant="default">
                    {words.open}
                  </Button>
                )}
                <Button
                  component="a"
                  size="xs"
                  variant="default"
                  href={`data:application/json;charset=utf-8,${encodeURIComponent(JSON.stringify(known, null, 2))}`}
                  download={`trailpost-${id}.json`}
                >
                  {words.download}
                </Button>
                {known.erasure === null && (
                  <ConfirmButton
                    label={words.erase}
                    title={words.eraseTitle}
                    text={words.eraseText}
                    isGrave
                    {...(asksReason && {
                      reason: { label: words.reason, hint: words.reasonHint, required: true },
                    })}
                    run={async (reason) => {
                      await erase(reason)
                      await queries.invalidateQueries({ queryKey: ['privacy', 'export', id] })
                    }}
                    button={{ size: 'xs' }}
                  />
                )}
              </Group>
            </>
          )}
        </Loaded>
      </Stack>
    </Paper>
  )
}
