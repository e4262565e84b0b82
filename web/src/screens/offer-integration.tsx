import { Anchor, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { Empty } from '../parts/empty.tsx'
import layout from '../parts/form-layout.module.css'
import { Loaded } from '../parts/loaded.tsx'
import { Note } from '../parts/note.tsx'
import { OfferIntegration } from '../parts/offer-integration.tsx'
import { Page, Section } from '../parts/page.tsx'
import { TestOffer } from '../parts/test-offer.tsx'
import { When } from '../parts/when.tsx'
import { useItem } from '../resource.ts'
import { offers } from '../resources.ts'
import type { PathParams } from '../router.tsx'
import { useMayManage } from '../session.ts'
import { texts } from '../texts.ts'
import { integrationPageTexts as words } from '../texts-coupons.ts'

type Hit = components['schemas']['Hit']
const SHOWN = 5
const POLL_MS = 3_000

/** What the advertiser of an offer puts in place, and whether its test arrives. */
export function OfferIntegrationScreen({ params: { id = '' } }: { readonly params: PathParams }) {
  const query = useItem(offers, id)
  const mayTest = useMayManage()
  return (
    <Page
      title={query.data === undefined ? words.back : words.title(query.data.name)}
      lead={words.lead}
      back={{ href: `/offers/${id}`, label: query.data?.name ?? words.back }}
    >
      <Loaded query={query}>
        {(offer) =>
          offer.terms === null ? (
            <Empty icon="offer" title={texts.problem.notFound} text={texts.problem.notFoundText} />
          ) : (
            <div className={layout.columns}>
              <Stack gap="md" className={layout.form}>
                <OfferIntegration offer={offer} />
              </Stack>
              <aside className={layout.aside}>
                <Tests offerId={id} />
                {mayTest && <TestOffer offerId={id} />}
              </aside>
            </div>
          )
        }
      </Loaded>
    </Page>
  )
}

/** The newest first, as they come. */
function Tests({ offerId }: { readonly offerId: string }) {
  const query = useQuery({
    queryKey: ['hits', 'tests', offerId],
    queryFn: () => {
      const params = { query: { outcome: 'test' as const, offer: offerId, limit: SHOWN } }
      return answerOf(api.GET('/api/v1/hits', { params }))
    },
    refetchInterval: POLL_MS,
  })
  return (
    <Section title={words.tested} aside={words.testedAside}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" role="status">
              {words.waiting}
            </Text>
          ) : (
            <Stack gap="sm">
              {items.map((hit) => (
                <TestHit key={hit.id} hit={hit} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Section>
  )
}

function TestHit({ hit: { receivedAt, steps, clickId } }: { readonly hit: Hit }) {
  const failed = steps.find(({ ok }) => !ok)
  return (
    <Note tone={failed === undefined ? 'good' : 'bad'} live>
      {failed === undefined ? words.works : `${words.failed(failed.step)}. ${failed.detail}`}
      <Text size="xs" c="dimmed" mt={4}>
        <When at={receivedAt} />
        {clickId !== '' && (
          <>
            {' · '}
            <Anchor href={`/visits/${clickId}`} inherit underline="always">
              {texts.story.title}
            </Anchor>
          </>
        )}
      </Text>
    </Note>
  )
}
