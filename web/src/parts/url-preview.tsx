import { Button, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ExplainedUrl, UrlFinding, UrlPurpose } from '../../../src/domain/explain-url-types.ts'
import { answerOf, api } from '../api.ts'
import { urlTexts as words } from '../texts-url.ts'
import { fillIn, mend, readUrl } from '../url-reading.ts'
import { CopyField } from './copy-field.tsx'
import { Icon } from './icon.tsx'
import { ColoredUrl } from './url-colored.tsx'
import { UrlMeanings } from './url-meanings.tsx'
import classes from './url-preview.module.css'

const TYPING_MS = 500
/** As the API takes. */
const CHARS_MAX = 16_384
const SHOWN_MAX = 5
const FRESH_MS = 60_000

export type UrlPreviewProps = {
  readonly text: string
  readonly purpose: UrlPurpose
  /** Whom it is compared with. */
  readonly party?: { readonly affiliateNetworkId?: string; readonly trafficSourceId?: string } | undefined
  /** Parameter that is added for the network with our click id. */
  readonly clickIdParam?: string | undefined
  /** Findings that mean nothing here. */
  readonly ignored?: readonly string[] | undefined
  /** What others' macros mean here, where more is known than who fills them in. */
  readonly meanings?: Readonly<Record<string, string>> | undefined
  /** What others may write in the place of their macros. */
  readonly samples?: Readonly<Record<string, string>> | undefined
  /** False where nobody can answer for the address yet. */
  readonly isAsked?: boolean | undefined
  /** Takes the text with a correction in it; absent where it can not be changed. */
  readonly onMend?: ((text: string) => void) | undefined
}

const NOBODY: Readonly<Record<string, string>> = {}
const NOTHING: readonly string[] = []

/** Under a field with a URL: its macros in colours and in words, an example, and what is wrong as one types. */
export function UrlPreview(props: UrlPreviewProps) {
  const { text, purpose, clickIdParam = '', samples = NOBODY, ignored = NOTHING, onMend } = props
  const explained = useExplained(props)
  if (text.trim() === '') return null
  const isAdded = clickIdParam !== ''
  const findings = explained.findings.filter(
    ({ code }) => !ignored.includes(code) && !(isAdded && code === 'missing_click_id'),
  )
  const example = fillIn(text, explained.parts, { purpose, clickIdParam, samples })
  return (
    <div className={classes.preview}>
      <ColoredUrl text={text} parts={explained.parts} findings={findings} purpose={purpose} />
      {isAdded && !text.includes('{clickid') && (
        <Text size="xs" c="dimmed" mt={6}>
          {words.added(clickIdParam)}
        </Text>
      )}
      {example !== undefined && example !== text.trim() && (
        <Text size="xs" c="dimmed" mt={6} className={classes.example}>
          {words.example}: <code>{example}</code>
        </Text>
      )}
      <Findings findings={findings} text={text} onMend={onMend} />
      <UrlMeanings text={text} parts={explained.parts} purpose={purpose} />
    </div>
  )
}

type UrlCopyProps = Omit<UrlPreviewProps, 'onMend'> & {
  readonly label: string
  readonly description?: string
}

/** A ready URL to copy, read in the same way. */
export function UrlCopy({ label, description, ...props }: UrlCopyProps) {
  const { text, purpose, samples = NOBODY, ignored = NOTHING } = props
  const explained = useExplained(props)
  const findings = explained.findings.filter(({ code }) => !ignored.includes(code))
  const example = fillIn(text, explained.parts, { purpose, clickIdParam: '', samples })
  return (
    <div>
      <CopyField
        label={label}
        value={text}
        {...(description === undefined ? {} : { description })}
        shown={
          <ColoredUrl text={text} parts={explained.parts} findings={findings} purpose={purpose} isBare />
        }
      />
      {example !== undefined && example !== text && (
        <Text size="xs" c="dimmed" mt={6} className={classes.example}>
          {words.example}: <code>{example}</code>
        </Text>
      )}
      <Findings findings={findings} text={text} onMend={undefined} />
      <UrlMeanings text={text} parts={explained.parts} purpose={purpose} />
    </div>
  )
}

/** What the form knows at once; what the API adds to it as soon as somebody stops typing. */
function useExplained(props: UrlPreviewProps): ExplainedUrl {
  const { text, purpose, party = NOBODY, isAsked = true, meanings = NOBODY, samples = NOBODY } = props
  const [settled] = useDebouncedValue(text, TYPING_MS)
  const { data } = useQuery({
    queryKey: ['explain-url', settled, purpose, party],
    queryFn: async () => {
      const body = { text: settled, purpose, ...party }
      return { text: settled, ...(await answerOf(api.POST('/api/v1/inspector/explain-url', { body }))) }
    },
    enabled: isAsked && settled.trim() !== '' && settled.length <= CHARS_MAX,
    staleTime: FRESH_MS,
    retry: false,
  })
  const { findings, parts } = data?.text === text ? data : readUrl(text, purpose)
  const known = parts.map((part) => {
    const macro = text.slice(part.start, part.end)
    const meaning = meanings[macro] ?? part.meaning
    return part.kind === 'foreign' ? { ...part, meaning, sample: samples[macro] ?? part.sample } : part
  })
  return { findings, parts: known }
}

type FindingsProps = {
  readonly findings: readonly UrlFinding[]
  readonly text: string
  readonly onMend: ((text: string) => void) | undefined
}

const ORDER = ['error', 'warning', 'info'] as const

/** The worst first. */
function Findings({ findings, text, onMend }: FindingsProps) {
  const [isAll, setAll] = useState(false)
  const sorted = ORDER.flatMap((level) => findings.filter((finding) => finding.level === level))
  const shown = isAll ? sorted : sorted.slice(0, SHOWN_MAX)
  const count = findings.filter(({ level }) => level !== 'info').length
  return (
    <>
      <Text size="xs" c="dimmed" mt={6} role="status">
        {count === 0 ? words.clean : words.count(count)}
      </Text>
      {shown.length > 0 && (
        <ul className={classes.findings}>
          {shown.map((finding) => (
            <FindingLine
              key={`${finding.code} ${finding.start} ${finding.message}`}
              finding={finding}
              text={text}
              onMend={onMend}
            />
          ))}
        </ul>
      )}
      {shown.length < sorted.length && (
        <Button variant="subtle" color="gray" size="compact-xs" onClick={() => setAll(true)}>
          {words.more(sorted.length - shown.length)}
        </Button>
      )}
    </>
  )
}

type FindingLineProps = Omit<FindingsProps, 'findings'> & { readonly finding: UrlFinding }

function FindingLine({ finding, text, onMend }: FindingLineProps) {
  const { level, message, suggestion, start, end } = finding
  const mended = mend(text, finding)
  const label =
    suggestion === '' ? words.remove : end > start ? words.write(suggestion) : words.add(suggestion)
  return (
    <li className={classes.finding} data-level={level}>
      <span className={classes.level}>
        <Icon name={level === 'info' ? 'check' : 'alert'} size={13} /> {words.levels[level]}:
      </span>{' '}
      {message}{' '}
      {onMend !== undefined && mended !== undefined ? (
        <Button variant="default" size="compact-xs" className={classes.mend} onClick={() => onMend(mended)}>
          {label}
        </Button>
      ) : (
        suggestion !== '' && <code>{suggestion}</code>
      )}
    </li>
  )
}
