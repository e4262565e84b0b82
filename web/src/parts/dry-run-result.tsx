import { Badge, Group, Stack, Text } from '@mantine/core'
import { lazy, Suspense } from 'react'
import type { components } from '../api-types.ts'
import { describeTest, fieldLabel, readCondition, valueLabel } from '../conditions.ts'
import type { FlowValues } from '../flow-values.ts'
import { formatShare } from '../format.ts'
import { useNames } from '../resource.ts'
import { landers, offers } from '../resources.ts'
import { dryRunTexts } from '../texts-flow.ts'
import classes from './dry-run-result.module.css'
import { Icon } from './icon.tsx'
import { Lines } from './loaded.tsx'

type DryRun = components['schemas']['DryRun']
type Step = DryRun['steps'][number]
type Rule = Step['rules'][number]
const words = dryRunTexts

const FlowWay = lazy(async () => ({ default: (await import('./flow-way.tsx')).FlowWay }))

const VERDICT_COLORS = {
  matched: 'green',
  not_matched: 'gray',
  disabled: 'gray',
  not_reached: 'gray',
  broken: 'red',
}

type DryRunResultProps = {
  readonly dryRun: DryRun
  /** What was tried, for the picture of it. */
  readonly flow: Pick<FlowValues, 'rules' | 'paths'> | undefined
}

/** The way of a visitor through a campaign, and through those that its offer leads on to. */
export function DryRunResult({ dryRun, flow }: DryRunResultProps) {
  return (
    <Stack gap="lg" role="status">
      {dryRun.steps.map((step, index) => (
        <Stack key={step.campaignId} gap="md">
          {index > 0 && <Text fw={600}>{words.step(step.campaignName)}</Text>}
          <Verdict step={step} />
          {index === 0 && flow !== undefined && (
            <Suspense fallback={<Lines count={3} />}>
              <FlowWay flow={flow} step={step} />
            </Suspense>
          )}
          {step.rules.length > 0 && <Rules rules={step.rules} />}
          {step.paths.length > 0 && <Paths step={step} />}
        </Stack>
      ))}
    </Stack>
  )
}

function Verdict({ step }: { readonly step: Step }) {
  const landerName = useNames(landers)
  const offerName = useNames(offers)
  const { found, ruleId, landerId, offerId, reason } = step.decision
  const rule = step.rules.find((each) => each.ruleId === ruleId)
  const way = [landerId === '' ? words.direct : landerName(landerId), offerName(offerId)]
  return (
    <div className={classes.verdict} data-found={found || undefined}>
      <Text size="sm" c="dimmed">
        {words.goesTo}
      </Text>
      <Text fw={600} size="lg">
        {found ? way.join(' → ') : words.fallback}
      </Text>
      <Text size="sm" c="dimmed" mt={2}>
        {rule === undefined ? words.becauseNone : words.becauseRule(rule.name || ruleNumber(step, rule))}
        {!found && reason !== '' && ` · ${reason}`}
      </Text>
      {step.status === 'paused' && (
        <Text size="sm" c="red" mt={2}>
          {words.paused}
        </Text>
      )}
    </div>
  )
}

function ruleNumber(step: Step, rule: Rule): string {
  return String(step.rules.indexOf(rule) + 1)
}

function Rules({ rules }: { readonly rules: readonly Rule[] }) {
  return (
    <div>
      <Text size="sm" fw={500} mb={6}>
        {words.rules}
      </Text>
      <Stack gap="xs">
        {rules.map((rule, index) => (
          <div key={rule.ruleId} className={classes.rule} data-verdict={rule.verdict}>
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm" fw={500}>
                {rule.name || index + 1}
              </Text>
              <Badge variant="dot" color={VERDICT_COLORS[rule.verdict]}>
                {words.verdicts[rule.verdict]}
              </Badge>
            </Group>
            {rule.tests.map((test) => (
              <div key={test.path} className={classes.test} data-holds={test.holds || undefined}>
                <Icon name={test.holds ? 'check' : 'remove'} size={12} />
                <span>
                  {describe(test)}{' '}
                  <span className={classes.actual}>
                    {test.actual === ''
                      ? words.visitorUnknown
                      : words.visitorHas(valueLabel(test.field, test.actual))}
                  </span>
                </span>
              </div>
            ))}
          </div>
        ))}
      </Stack>
    </div>
  )
}

function describe(test: Rule['tests'][number]): string {
  const part = readCondition(test)?.parts[0]
  return part === undefined || 'join' in part ? fieldLabel(test.field) : describeTest(part)
}

function Paths({ step }: { readonly step: Step }) {
  const offerName = useNames(offers)
  const { paths, decision } = step
  const total = paths.reduce((sum, { weight, isOpen }) => sum + (isOpen ? weight : 0), 0)
  return (
    <div>
      <Text size="sm" fw={500} mb={6}>
        {words.paths}
      </Text>
      <Stack gap={6}>
        {paths.map((path, index) => (
          <Group key={path.pathId} justify="space-between" wrap="nowrap" gap="sm">
            <Text size="sm" {...(path.pathId === decision.pathId ? { fw: 600 } : { c: 'dimmed' })}>
              {words.path(index + 1)}: {path.offers.map(({ id }) => offerName(id)).join(', ')}
            </Text>
            <Text size="sm" c="dimmed" className={classes.share}>
              {path.isOpen ? formatShare(total === 0 ? null : path.weight / total, 0) : words.closed}
            </Text>
          </Group>
        ))}
      </Stack>
    </div>
  )
}
