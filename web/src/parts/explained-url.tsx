import { Button, Group, Stack, Text } from '@mantine/core'
import type { components } from '../api-types.ts'
import { explainTexts as words } from '../texts-inspector.ts'
import { DataTable } from './data-table.tsx'
import classes from './explained-url.module.css'
import { Note } from './note.tsx'
import { Section } from './page.tsx'

type Explained = components['schemas']['ExplainedUrl']
type Part = Explained['parts'][number]
type Finding = Explained['findings'][number]
const TONES = { error: 'bad', warning: 'look', info: 'good' } as const

type ExplainedUrlProps = {
  readonly text: string
  readonly explained: Explained
  /** Takes the text with a suggestion in it; undefined where the text has changed since. */
  readonly onUse: ((text: string) => void) | undefined
}

/** A URL in its parts, what each becomes, and what is wrong. */
export function ExplainedUrl({ text, explained, onUse }: ExplainedUrlProps) {
  const { parts, findings } = explained
  return (
    <Stack gap="xl" maw={920}>
      <Section title={words.parts}>
        <p className={classes.text}>
          {parts.map((part) => (
            <Colored key={part.start} part={part} text={text} findings={findings} />
          ))}
        </p>
        <div className={classes.legend}>
          <span>{words.legend.literal}</span>
          <span className={classes.macro}>{words.legend.macro}</span>
          <span className={classes.foreign}>{words.legend.foreign}</span>
        </div>
      </Section>
      {findings.length === 0 ? (
        <Note tone="good" title={words.clean} live>
          {words.cleanText}
        </Note>
      ) : (
        <Section title={words.findings}>
          {findings.map((finding) => (
            <FindingView
              key={`${finding.code} ${finding.start} ${finding.message}`}
              finding={finding}
              text={text}
              onUse={onUse}
            />
          ))}
        </Section>
      )}
      <PartTable parts={parts} text={text} />
    </Stack>
  )
}

type ColoredProps = { readonly part: Part; readonly text: string; readonly findings: readonly Finding[] }

/** A part of the URL, cut where findings begin and end. */
function Colored({ part, text, findings }: ColoredProps) {
  const cuts = findings.flatMap(({ start, end }) => [start, end])
  const inside = cuts.filter((at) => at > part.start && at < part.end)
  const edges = [...new Set([part.start, ...inside, part.end])].sort((a, b) => a - b)
  const pieces = edges.slice(1).map((end, index) => ({ start: edges[index] ?? part.start, end }))
  return pieces.map(({ start, end }) => {
    const found = findings.filter((finding) => finding.start < end && finding.end > start)
    const level = found.some((finding) => finding.level === 'error') ? 'error' : found[0]?.level
    const kind = part.kind === 'literal' ? '' : (classes[part.kind] ?? '')
    return (
      <span
        key={start}
        className={level === undefined ? kind : `${kind} ${classes.marked}`}
        data-level={level}
        title={part.meaning === '' ? undefined : part.meaning}
      >
        {text.slice(start, end)}
      </span>
    )
  })
}

type FindingViewProps = {
  readonly finding: Finding
  readonly text: string
  readonly onUse: ExplainedUrlProps['onUse']
}

function FindingView({ finding, text, onUse }: FindingViewProps) {
  const { level, start, end, message, suggestion } = finding
  const about = text.slice(start, end)
  return (
    <Note tone={TONES[level]} title={words.levels[level]}>
      {message}
      {about !== '' && (
        <Text size="sm" mt={4} c="dimmed">
          <code>{about}</code>
        </Text>
      )}
      {suggestion !== '' && (
        <Group gap="xs" mt={6}>
          <Text size="sm">
            {words.suggestion} <code>{suggestion}</code>
          </Text>
          {end > start && onUse && (
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => onUse(text.slice(0, start) + suggestion + text.slice(end))}
            >
              {words.use}
            </Button>
          )}
        </Group>
      )}
    </Note>
  )
}

function PartTable({ parts, text }: { readonly parts: readonly Part[]; readonly text: string }) {
  const filled = parts.filter(({ kind }) => kind !== 'literal')
  if (filled.length === 0) return null
  return (
    <DataTable
      label={words.parts}
      rows={filled}
      rowKey={({ start }) => String(start)}
      columns={[
        { key: 'part', header: words.part, cell: ({ start, end }) => <code>{text.slice(start, end)}</code> },
        {
          key: 'meaning',
          header: words.becomes,
          cell: ({ kind, name, meaning }) =>
            meaning || (name === '' ? words.alwaysEmpty : words.legend[kind]),
        },
        { key: 'sample', header: words.sample, cell: ({ sample }) => <code>{sample}</code> },
      ]}
    />
  )
}
