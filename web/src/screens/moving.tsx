import { Anchor, Code, List, Select, Text } from '@mantine/core'
import { DataTable } from '../parts/data-table.tsx'
import { Page, Section } from '../parts/page.tsx'
import { setQuery, usePlace } from '../router.tsx'
import { movingTexts as words } from '../texts-moving.ts'
import { ALL_MOVED, type MovedSystem } from '../texts-moving-systems.ts'

/** What to do so that the links of another tracker go on working here. The address names the system. */
export function Moving() {
  const from = usePlace().query.get('from') ?? ''
  const system = Object.hasOwn(ALL_MOVED, from) ? ALL_MOVED[from] : undefined
  return (
    <Page title={words.title} lead={words.lead}>
      <Select
        label={words.system}
        placeholder={words.systemPlaceholder}
        data={Object.entries(ALL_MOVED).map(([value, { name }]) => ({ value, label: name }))}
        value={system === undefined ? null : from}
        onChange={(chosen) => setQuery({ from: chosen ?? undefined })}
        searchable
        maw={320}
      />
      {system !== undefined && <Way system={system} />}
      <Section title={words.different}>
        <Lines lines={[...(system?.notes ?? []), ...words.differentForAll]} />
        <Text size="sm">
          <Anchor href="/hits?outcome=unmatched">{words.unmatched}</Anchor>
          {' · '}
          <Anchor href="/domains">{words.domains}</Anchor>
        </Text>
      </Section>
    </Page>
  )
}

function Way({ system }: { readonly system: MovedSystem }) {
  const { ids, steps, urls } = system
  return (
    <>
      <Section title={words.steps}>
        <List type="ordered" size="sm" spacing={6}>
          {[...(ids.length === 0 ? [] : [words.idsStep]), ...steps, words.try, ...words.stepsLast].map(
            (step) => (
              <List.Item key={step}>{step}</List.Item>
            ),
          )}
        </List>
      </Section>
      <Section title={words.ids}>
        {ids.length === 0 ? <Text size="sm">{words.noIds}</Text> : <Ids ids={ids} />}
      </Section>
      <Section title={words.urls}>
        <DataTable
          label={words.urls}
          rows={urls}
          rowKey={([url]) => url}
          columns={[
            { key: 'url', header: words.urlsHead.url, cell: ([url]) => <Code>{url}</Code> },
            { key: 'does', header: words.urlsHead.does, cell: ([, does]) => does },
          ]}
        />
      </Section>
    </>
  )
}

function Ids({ ids }: Pick<MovedSystem, 'ids'>) {
  return (
    <DataTable
      label={words.ids}
      rows={ids}
      rowKey={([, id]) => id}
      columns={[
        { key: 'thing', header: words.idsHead.thing, cell: ([thing]) => words.things[thing] },
        { key: 'id', header: words.idsHead.id, cell: ([, id]) => <Code>{id}</Code> },
        { key: 'from', header: words.idsHead.from, cell: ([, , from]) => from },
      ]}
    />
  )
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <List size="sm" spacing={4}>
      {lines.map((line) => (
        <List.Item key={line}>{line}</List.Item>
      ))}
    </List>
  )
}
