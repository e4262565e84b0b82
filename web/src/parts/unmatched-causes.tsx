import { Anchor, Button, Group, Progress, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { answerOf, api } from '../api.ts'
import type { paths } from '../api-types.ts'
import { formatCount, formatTime } from '../format.ts'
import { toHitText } from '../hit-text.ts'
import { useMayChange, useMe } from '../session.ts'
import { causeTexts as words } from '../texts-inspector.ts'
import { useRematch } from '../use-rematch.ts'
import { FormProblem } from './form-footer.tsx'
import { Loaded } from './loaded.tsx'
import { Section } from './page.tsx'
import { RawText } from './raw-text.tsx'
import classes from './unmatched-causes.module.css'

type Inbox = paths['/api/v1/inspector/unmatched']['get']['responses'][200]['content']['application/json']
type Cause = Inbox['groups'][number]

const QUERY_KEY = ['unmatched-causes'] as const

/** The unmatched inbox by cause: what went wrong, what to do about it, and trying again. */
export function UnmatchedCauses() {
  const { timeZone } = useMe().workspace
  const query = useQuery({
    queryKey: QUERY_KEY,
    queryFn: () => answerOf(api.GET('/api/v1/inspector/unmatched')),
  })
  return (
    <Loaded query={query}>
      {({ groups, searchedTo }) =>
        groups.length > 0 && (
          <Section title={words.title} aside={words.aside}>
            <ul className={classes.causes}>
              {groups.map((cause) => (
                <CauseView key={cause.key} cause={cause} />
              ))}
            </ul>
            {searchedTo !== null && (
              <Text size="sm" c="dimmed">
                {words.searchedTo(formatTime(searchedTo, timeZone))}
              </Text>
            )}
          </Section>
        )
      }
    </Loaded>
  )
}

function CauseView({ cause }: { readonly cause: Cause }) {
  const { value, param, advice, count, firstAt, lastAt, isTriedAgain, affiliateNetwork, advertiser } = cause
  const { timeZone } = useMe().workspace
  const sender = affiliateNetwork?.name ?? advertiser?.name ?? words.unknownSender
  const span = [...new Set([formatTime(firstAt, timeZone), formatTime(lastAt, timeZone)])]
  const [first = '', last] = span
  return (
    <li className={classes.cause}>
      <Group justify="space-between" align="flex-start" gap="xs" wrap="nowrap">
        <div>
          <Text fw={600}>{words.values[value]}</Text>
          <Text size="xs" c="dimmed">
            {[sender, ...(param === '' ? [] : [words.param(param)])].join(' · ')}
          </Text>
        </div>
        <Text size="sm" fw={600} className={classes.count}>
          {count === 1 ? words.one : words.count(formatCount(count))}
        </Text>
      </Group>
      <Text size="sm" mt={8}>
        {advice} {isTriedAgain && words.again}
      </Text>
      <Text size="xs" c="dimmed" mt={4}>
        {last === undefined ? first : words.between(first, last)}
      </Text>
      <CauseActions cause={cause} />
      <details className={classes.examples}>
        <summary>{words.examples}</summary>
        {cause.examples.map((hit) => (
          <RawText key={hit.id} title={formatTime(hit.receivedAt, timeZone)}>
            {toHitText(hit)}
          </RawText>
        ))}
      </details>
    </li>
  )
}

/** To the settings that are wrong, and trying again once they are mended. */
function CauseActions({ cause }: { readonly cause: Cause }) {
  const { affiliateNetwork, advertiser, key, count, value } = cause
  const mayChange = useMayChange()
  const { run, progress } = useRematch({ key, count })
  const queries = useQueryClient()
  // Not before one goes elsewhere: a cause that is gone would take its answer with it.
  useEffect(() => () => void queries.invalidateQueries({ queryKey: QUERY_KEY }), [queries])
  const settings = affiliateNetwork
    ? { name: affiliateNetwork.name, href: `/affiliate-networks/${affiliateNetwork.id}` }
    : advertiser && { name: advertiser.name, href: `/advertisers/${advertiser.id}` }
  return (
    <>
      <Group gap="md" mt={10}>
        {mayChange && run.data === undefined && (
          <Button
            size="xs"
            variant="default"
            loading={run.isPending}
            onClick={() => run.mutate()}
            aria-label={words.tryAria(words.values[value])}
          >
            {words.try}
          </Button>
        )}
        {settings && (
          <Anchor href={settings.href} size="sm">
            {words.fix(settings.name)}
          </Anchor>
        )}
      </Group>
      {run.isPending && count > 1 && (
        <Progress mt={8} value={(progress.judged / count) * 100} animated aria-label={words.try} maw={420} />
      )}
      <Text size="sm" role="status" mt={run.data === undefined && !run.isPending ? 0 : 8}>
        {run.isPending && words.trying(formatCount(progress.judged), formatCount(count))}
        {run.data !== undefined && (
          <>
            {words.tried(formatCount(run.data.judged), formatCount(run.data.matched))}{' '}
            {run.data.matched < run.data.judged && words.still}{' '}
            {run.data.matched > 0 && <Anchor href="/conversions">{words.seeConversions}</Anchor>}
          </>
        )}
      </Text>
      <FormProblem problem={run.error?.message} />
    </>
  )
}
