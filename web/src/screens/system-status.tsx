import { Badge, Button, Code, CopyButton, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { components } from '../api-types.ts'
import { formatCount, formatDay, formatTime } from '../format.ts'
import { DataTable } from '../parts/data-table.tsx'
import { Facts } from '../parts/facts.tsx'
import classes from '../parts/findings.module.css'
import { Icon } from '../parts/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Note } from '../parts/note.tsx'
import { Section } from '../parts/page.tsx'
import { useMe } from '../session.ts'
import { isKey, texts } from '../texts.ts'
import { systemTexts as words } from '../texts-settings.ts'

type System = components['schemas']['System']
type Finding = components['schemas']['SystemFinding']
type Fact = readonly [name: string, value: string]

/** As often as the server looks. */
const REFRESH_MS = 30_000
const GIGABYTE = 1e9

/** How the installation is, and what to do about what is not well. */
export function SystemStatus() {
  const query = useQuery({
    queryKey: ['system'],
    queryFn: () => answerOf(api.GET('/api/v1/system')),
    refetchInterval: REFRESH_MS,
  })
  return (
    <Loaded query={query}>
      {(system) => (
        <Stack gap="xl">
          <Head system={system} />
          <Section title={words.checks} aside={words.checksAside}>
            <Findings findings={system.findings} />
          </Section>
          <FactSections system={system} />
          <Care />
        </Stack>
      )}
    </Loaded>
  )
}

function Head({ system }: { readonly system: System }) {
  const { timeZone } = useMe().workspace
  const wrong = system.findings.filter(({ ok }) => !ok).length
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Text c="dimmed">{words.lead}</Text>
        <CopyButton value={toText(system, timeZone)}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              leftSection={<Icon name={copied ? 'check' : 'copy'} size={14} />}
              onClick={copy}
            >
              {copied ? texts.copy.done : words.copy}
            </Button>
          )}
        </CopyButton>
      </Group>
      <Note tone={wrong === 0 ? 'good' : 'look'} title={wrong === 0 ? words.well : words.notWell(wrong)} live>
        {words.checked} {formatTime(system.checkedAt, timeZone)}
      </Note>
    </Stack>
  )
}

/** What is not well stands first. */
function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  return (
    <ul className={classes.findings}>
      {findings
        .toSorted((one, other) => Number(one.ok) - Number(other.ok))
        .map(({ check, ok, detail, mend }) => (
          <li key={check} className={classes.finding} data-ok={ok}>
            <Group gap="xs" wrap="nowrap" align="baseline">
              <Text fw={500} className={classes.check}>
                {isKey(words.checkNames, check) ? words.checkNames[check] : check}
              </Text>
              <Badge variant="dot" color={ok ? 'green' : 'orange'} className={classes.state}>
                {ok ? words.fine : words.look}
              </Badge>
            </Group>
            {detail !== '' && (
              <Text size="sm" c="dimmed" className={classes.detail}>
                {detail}
              </Text>
            )}
            {!ok && (
              <Text size="sm" className={classes.detail}>
                <b>{words.mend}:</b> {mend || words.askOperator}
              </Text>
            )}
          </li>
        ))}
    </ul>
  )
}

function FactSections({ system }: { readonly system: System }) {
  const { timeZone } = useMe().workspace
  return (
    <>
      <Section title={words.work}>
        <Facts facts={workFacts(system)} />
      </Section>
      <Section title={words.installation}>
        <Facts facts={installationFacts(system, timeZone)} />
      </Section>
    </>
  )
}

/** What is done on the machine, and not here. */
function Care() {
  return (
    <Section title={words.care} aside={words.careAside}>
      <Text size="sm">
        <b>{words.backup}:</b> {words.backupText}
      </Text>
      <DataTable
        label={words.care}
        rows={words.commands}
        rowKey={([what]) => what}
        columns={[
          { key: 'what', header: words.task, cell: ([what]) => what },
          { key: 'command', header: words.command, cell: ([, command]) => <Code>{command}</Code> },
        ]}
      />
    </Section>
  )
}

function workFacts(system: System): readonly Fact[] {
  const { deliveries, jobs, edges } = system
  const late = edges.filter(({ isCurrent }) => !isCurrent).length
  return [
    [words.edges, edges.length === 0 ? words.noEdges : words.edgesOf(edges.length, late)],
    [words.lag, words.lagOf(system.journalLagSeconds)],
    [words.deliveries, words.deliveriesOf(formatCount(deliveries.waiting), formatCount(deliveries.due))],
    [words.jobs, words.jobsOf(jobs.running, jobs.waiting)],
    [words.outbox, formatCount(system.outboxRows)],
    [words.quarantined, formatCount(system.quarantinedRows)],
    [words.retention, system.retentionDay ?? words.retentionNever],
  ]
}

function installationFacts(system: System, timeZone: string): readonly Fact[] {
  const { sql, ledger, disk, geoDatabase: geo, asnDatabase: asn } = system
  return [
    [words.version, system.version],
    [words.started, formatTime(system.startedAt, timeZone)],
    [words.node, system.node],
    [words.sql, toPlace(sql)],
    [words.ledger, toPlace(ledger)],
    [words.disk, words.diskOf(toGigabytes(disk.freeBytes), toGigabytes(disk.totalBytes))],
    [words.geo, geo === null ? words.geoNone : toDatabase(geo)],
    [words.asn, asn === null ? words.asnNone : toDatabase(asn)],
    [words.mail, (system.mailServer ?? words.mailSet) || words.mailNone],
  ]
}

function toDatabase({ name, builtAt }: NonNullable<System['geoDatabase']>): string {
  return words.geoOf(name, formatDay(Date.parse(builtAt), 'UTC'))
}

/** Where it is, is told where the installation has one workspace. */
function toPlace({ engine, address }: System['sql']): string {
  return address === '' ? engine : `${engine}, ${address}`
}

function toGigabytes(bytes: number): string {
  return `${formatCount(Math.round(bytes / GIGABYTE))} GB`
}

/** For an e-mail to somebody who helps; holds no secrets, as the answer holds none. */
function toText(system: System, timeZone: string): string {
  const facts = [...installationFacts(system, timeZone), ...workFacts(system)]
  const findings = system.findings.map(({ check, ok, detail }) =>
    [`${ok ? '✓' : '✗'} ${check}`, detail].filter(Boolean).join(': '),
  )
  return [...facts.map(([name, value]) => `${name}: ${value}`), '', ...findings].join('\n')
}
