import { Anchor, Badge, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiProblem, answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { Empty } from '../parts/empty.tsx'
import { FormProblem } from '../parts/form-footer.tsx'
import { LoadMore } from '../parts/load-more.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Note } from '../parts/note.tsx'
import { Page } from '../parts/page.tsx'
import classes from '../parts/pixel-preview.module.css'
import { hostsIn, PixelPreview } from '../parts/pixel-preview.tsx'
import { When } from '../parts/when.tsx'
import { useNames } from '../resource.ts'
import { offers } from '../resources.ts'
import { setQuery, usePlace } from '../router.tsx'
import { useMayChange, useMe } from '../session.ts'
import { isKey, toOptions } from '../texts.ts'
import { decisionTexts, moderationTexts as words } from '../texts-network.ts'

type Target = components['schemas']['ModeratedTarget']
type Verdict = { readonly moderation: 'approved' | 'rejected'; readonly reason: string }

const PAGE_SIZE = 20

/** Affiliates' postbacks and pixels, until somebody has looked at them. */
export function Moderation() {
  const given = usePlace().query.get('moderation')
  const moderation = isKey(words.choices, given) ? given : 'pending'
  const query = useInfiniteQuery({
    queryKey: ['pixel-moderation', moderation],
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === undefined ? {} : { cursor: pageParam }
      const params = { query: { limit: PAGE_SIZE, moderation, ...cursor } }
      return answerOf(api.GET('/api/v1/pixel-moderation', { params }))
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  })
  return (
    <Page title={words.title} lead={words.lead}>
      <div>
        <SegmentedControl
          aria-label={words.filter}
          data={toOptions(words.choices)}
          value={moderation}
          onChange={(chosen) => setQuery({ moderation: chosen === 'pending' ? undefined : chosen })}
        />
      </div>
      <Loaded query={query}>
        {({ pages }) => {
          const targets = pages.flatMap((page) => page.items)
          if (targets.length === 0) {
            return <Empty icon="pixel" title={words.emptyTitle} text={words.emptyText} />
          }
          return (
            <Stack gap="md">
              {targets.map((target) => (
                <TargetCard key={target.id} target={target} />
              ))}
              <LoadMore query={query} />
            </Stack>
          )
        }}
      </Loaded>
    </Page>
  )
}

function TargetCard({ target }: { readonly target: Target }) {
  const mayChange = useMayChange()
  const hosts = hostsIn(target)
  return (
    <article className={classes.card} aria-label={`${target.affiliateName}, ${words.types[target.type]}`}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start">
          <div>
            <Group gap="xs">
              <Anchor href={`/affiliates/${target.ownerId}`} fw={600}>
                {target.affiliateName}
              </Anchor>
              <Badge variant="light" color="gray">
                {words.types[target.type]}
              </Badge>
            </Group>
            <Text size="sm" c="dimmed">
              <OfferName id={target.offerId} /> · <When at={target.updatedAt} />
            </Text>
          </div>
          {mayChange && <Decisions target={target} />}
        </Group>
        <PixelPreview target={target} />
        <Facts target={target} hosts={hosts} />
        {target.moderationReason !== '' && <Note tone="look">{target.moderationReason}</Note>}
      </Stack>
    </article>
  )
}

/** An affiliate manager sees no offers of the workspace, so it reads the id. */
function OfferName({ id }: { readonly id: string }) {
  const { role } = useMe().workspace
  if (id === '') return words.allOffers
  return role === 'affiliate_manager' ? words.ofOffer(id) : <NamedOffer id={id} />
}

function NamedOffer({ id }: { readonly id: string }) {
  const nameOf = useNames(offers)
  return <Anchor href={`/offers/${id}`}>{words.ofOffer(nameOf(id))}</Anchor>
}

/** What one would look for in the text first. */
function Facts({ target, hosts }: { readonly target: Target; readonly hosts: readonly string[] }) {
  const { type, code, url } = target
  const hasScript = /<script|javascript:|\son\w+\s*=/i.test(code) || (type === 'script' && url !== '')
  const facts = [
    type === 'postback' ? words.fromServer : words.inBrowser,
    hosts.length === 0 ? words.noHost : `${words.hosts}: ${hosts.join(', ')}`,
    ...(hasScript ? [words.runsScript] : []),
    ...(/\bhttp:\/\//i.test(url + code) ? [words.isPlain] : []),
  ]
  return (
    <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
      {facts.join(' · ')}
    </Text>
  )
}

/** The verdict names the text that was looked at, so that a change between the two is not approved unseen. */
function Decisions({ target }: { readonly target: Target }) {
  const queries = useQueryClient()
  const decide = async ({ moderation, reason }: Verdict) => {
    const params = { path: { id: target.id } }
    const body = { moderation, reason, textHash: target.textHash }
    const refresh = () => queries.invalidateQueries({ queryKey: ['pixel-moderation'] })
    try {
      await answerOf(api.POST('/api/v1/notification-targets/{id}/moderate', { params, body }))
    } catch (error) {
      const isChanged = error instanceof ApiProblem && error.code === 'text_changed'
      if (!isChanged) throw error
      await refresh()
      throw new Error(words.changed, { cause: error })
    }
    await refresh()
  }
  const approve = useMutation({ mutationFn: () => decide({ moderation: 'approved', reason: '' }) })
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap="xs">
        {target.moderation !== 'approved' && (
          <Button size="xs" loading={approve.isPending} onClick={() => approve.mutate()}>
            {decisionTexts.approve}
          </Button>
        )}
        {target.moderation !== 'rejected' && (
          <ConfirmButton
            label={decisionTexts.reject}
            title={words.rejectTitle}
            text={target.affiliateName}
            reason={{ label: words.reason, hint: words.reasonHint, required: false }}
            isGrave
            run={(reason) => decide({ moderation: 'rejected', reason })}
            button={{ size: 'xs' }}
          />
        )}
      </Group>
      <FormProblem problem={approve.error?.message} />
    </Stack>
  )
}
