import { Anchor, Button, Text, UnstyledButton } from '@mantine/core'
import { Lines } from '../parts/loaded.tsx'
import { Page } from '../parts/page.tsx'
import { networkSteps } from '../parts/start-network.tsx'
import classes from '../parts/start-step.module.css'
import { StartStep } from '../parts/start-step.tsx'
import { StartSteps, type StepPlan } from '../parts/start-steps.tsx'
import { trackerSteps } from '../parts/start-tracker.tsx'
import { type Listed, useItems } from '../resource.ts'
import { campaigns, networks, offers, sources } from '../resources.ts'
import { advertisers, affiliates } from '../resources-network.ts'
import { navigate, setQuery, usePlace } from '../router.tsx'
import { useDismissStart } from '../start-state.ts'
import { movingTexts } from '../texts-moving.ts'
import { startTexts as words } from '../texts-start.ts'

const ROLES = ['tracker', 'network', 'both'] as const
type Role = (typeof ROLES)[number]
const HINTS = {
  tracker: words.roles.trackerText,
  network: words.roles.networkText,
  both: words.roles.bothText,
} as const

/** From an empty workspace to a link that is seen to work. The address holds what was chosen on the way. */
export function Start() {
  const chosen = usePlace().query.get('for')
  const role = ROLES.find((each) => each === chosen)
  const chains = useChains()
  const dismiss = useDismissStart()
  const parts = role === undefined || chains === undefined ? [] : stepsOf(role, chains)
  const all = parts.flat()
  const done = (role === undefined ? 0 : 1) + all.filter(({ item }) => item !== undefined).length
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <Button
          variant="subtle"
          color="gray"
          onClick={() => void dismiss().then(() => navigate('/overview'))}
        >
          {words.dismiss}
        </Button>
      }
    >
      {role !== undefined && (
        <Text size="sm" c="dimmed" role="status">
          {words.progress(done, all.length + 1)}
        </Text>
      )}
      <ol className={classes.steps}>
        <StartStep
          number={1}
          title={words.roles.title}
          what={words.roles.what}
          state={role === undefined ? 'now' : 'done'}
          chosen={role && words.roles[role]}
          onChange={() => setQuery({ for: undefined })}
        >
          <RoleChoice />
        </StartStep>
        {role !== undefined && chains === undefined && (
          <li>
            <Lines />
          </li>
        )}
        {parts.map((steps, index) => (
          <StartSteps
            key={steps[0]?.title}
            steps={steps}
            first={2 + parts.slice(0, index).flat().length}
            isLater={parts.slice(0, index).some(isUnfinished)}
          />
        ))}
      </ol>
      <Text size="sm" c="dimmed">
        {movingTexts.openHint}{' '}
        <Anchor href="/moving" underline="always">
          {movingTexts.title}
        </Anchor>
      </Text>
    </Page>
  )
}

function RoleChoice() {
  return (
    <div className={classes.choices}>
      {ROLES.map((role) => (
        <UnstyledButton key={role} className={classes.choice} onClick={() => setQuery({ for: role })}>
          <Text fw={600}>{words.roles[role]}</Text>
          <Text size="sm" c="dimmed">
            {HINTS[role]}
          </Text>
        </UnstyledButton>
      ))}
    </div>
  )
}

type Chains = NonNullable<ReturnType<typeof useChains>>

/** What the address names, as far as it is there; undefined until that is known. */
function useChains() {
  const source = useNamed(sources, 'source')
  const network = useNamed(networks, 'network')
  const offer = useNamed(offers, 'offer')
  const campaign = useNamed(campaigns, 'campaign')
  const advertiser = useNamed(advertisers, 'advertiser')
  const networkOffer = useNamed(offers, 'networkOffer')
  const affiliate = useNamed(affiliates, 'affiliate')
  const all = [source, network, offer, campaign, advertiser, networkOffer, affiliate]
  if (all.some(({ isPending }) => isPending)) return undefined
  return {
    tracker: { source: source.item, network: network.item, offer: offer.item, campaign: campaign.item },
    network: { advertiser: advertiser.item, offer: networkOffer.item, affiliate: affiliate.item },
  }
}

function useNamed<Item extends { readonly id: string }>(resource: Listed<Item>, param: string) {
  const id = usePlace().query.get(param)
  const { data, isPending } = useItems(resource)
  return { isPending, item: id === null ? undefined : data?.find((item) => item.id === id) }
}

function stepsOf(role: Role, chains: Chains): readonly (readonly StepPlan[])[] {
  const [tracker, network] = [trackerSteps(chains.tracker), networkSteps(chains.network)]
  if (role === 'both') return [tracker, network]
  return role === 'tracker' ? [tracker] : [network]
}

/** Only its last step, which makes nothing, may be open. */
function isUnfinished(steps: readonly StepPlan[]): boolean {
  return steps.slice(0, -1).some(({ item }) => item === undefined)
}
