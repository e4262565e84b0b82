import { Text } from '@mantine/core'
import type { EntryOf } from '../story-entry.ts'
import { texts } from '../texts.ts'
import { timelineTexts as words } from '../texts-inspector.ts'
import { StoryLine, StoryMore } from './story-line.tsx'
import classes from './story-timeline.module.css'

type Thing = EntryOf<'routing'>['offer']

/** How the visitor came, and what was known of them. */
export function RequestEntry({ entry }: { readonly entry: EntryOf<'request'> }) {
  const { link, campaign, trafficSource, affiliate, url } = entry
  const details = [
    [words.referrer, entry.referrer],
    [words.externalId, entry.externalId],
    [words.bot, entry.bot],
    ...Object.entries({ ...entry.tokens, ...entry.params }),
  ].filter(([, value]) => value !== '')
  const lines = [...details.map(([name, value]) => `${name}: ${value}`), entry.ip, entry.userAgent]
  return (
    <>
      <StoryLine title={words.request[link]}>
        <Named things={[campaign, trafficSource, affiliate]} />
      </StoryLine>
      {url !== '' && <Url url={url} />}
      <StoryMore summary={words.details}>{lines.filter((line) => line !== '').join('\n')}</StoryMore>
    </>
  )
}

/** Why they were sent where they were sent. */
export function RoutingEntry({ entry }: { readonly entry: EntryOf<'routing'> }) {
  const { rule, path, lander, offer, affiliateNetwork, advertiser, reason } = entry
  return (
    <StoryLine title={words.routing}>
      <Named things={[rule, path, lander, offer, affiliateNetwork, advertiser]} />
      <Text c="dimmed">{reason}</Text>
    </StoryLine>
  )
}

export function RedirectEntry({ entry }: { readonly entry: EntryOf<'redirect'> }) {
  return (
    <>
      <StoryLine title={words.redirect} />
      <Url url={entry.url} />
    </>
  )
}

/** A lander that was seen, or the way from it to an offer. */
export function ClickEntry({ entry }: { readonly entry: EntryOf<'click' | 'lander_view'> }) {
  if (entry.type === 'lander_view') {
    return (
      <StoryLine title={words.landerView}>
        <Named things={[entry.lander]} />
      </StoryLine>
    )
  }
  return (
    <>
      <StoryLine title={texts.story.click}>
        <Named things={[entry.offer, entry.affiliateNetwork]} />
      </StoryLine>
      {entry.url !== '' && <Url url={entry.url} />}
    </>
  )
}

/** What was changed afterwards: of the visit, or of what it counts as. */
export function ChangeEntry({ entry }: { readonly entry: EntryOf<'update' | 'correction'> }) {
  if (entry.type === 'update') {
    const values = Object.entries(entry.values).map(([name, value]) => `${name} = ${value}`)
    return (
      <StoryLine title={words.update}>
        <Text c="dimmed">{values.join(', ')}</Text>
      </StoryLine>
    )
  }
  const changes = entry.changes.map(({ field, from, to }) => `${field}: ${texts.story.changed(from, to)}`)
  return (
    <StoryLine title={words.correction}>
      <Text c="dimmed">{changes.join(', ')}</Text>
    </StoryLine>
  )
}

function Named({ things }: { readonly things: readonly Thing[] }) {
  const names = things.flatMap((thing) => (thing === null ? [] : [thing.name || thing.id]))
  return <Text c="dimmed">{names.join(' · ')}</Text>
}

/** A URL as it is; leading somewhere would count as another visit. */
function Url({ url }: { readonly url: string }) {
  return <code className={classes.url}>{url}</code>
}
