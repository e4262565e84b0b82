import { Tooltip } from '@mantine/core'
import { type KeyboardEvent, useRef, useState } from 'react'
import type { UrlFinding, UrlPart, UrlPurpose } from '../../../src/domain/explain-url-types.ts'
import { urlTexts as words } from '../texts-url.ts'
import { kindOfPart } from '../url-reading.ts'
import classes from './url-preview.module.css'

type ColoredUrlProps = {
  readonly text: string
  readonly parts: readonly UrlPart[]
  readonly findings: readonly UrlFinding[]
  readonly purpose: UrlPurpose
  /** Without a frame of its own. */
  readonly isBare?: boolean
}

/** A URL whose macros are coloured by what they are about; each says on hover and focus what it becomes. */
export function ColoredUrl({ text, parts, findings, purpose, isBare = false }: ColoredUrlProps) {
  const macros = parts.filter(({ kind }) => kind !== 'literal')
  const [at, setAt] = useState(0)
  const line = useRef<HTMLSpanElement>(null)
  const current = Math.min(at, Math.max(0, macros.length - 1))
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    const next = current + step
    if (step === 0 || next < 0 || next >= macros.length) return
    event.preventDefault()
    setAt(next)
    line.current?.querySelectorAll<HTMLElement>('button')[next]?.focus()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the buttons inside, of which Tab reaches one
    <span ref={line} className={isBare ? classes.bare : classes.text} onKeyDown={move}>
      {parts.map((part) => {
        const { start, end } = part
        const level = levelOf(findings, part)
        if (part.kind === 'literal') {
          return <Literal key={start} text={text} part={part} findings={findings} />
        }
        const kind = kindOfPart(part, purpose)
        const meaning = part.meaning || words.empty
        return (
          <Tooltip
            key={start}
            label={
              <>
                {words.kinds[kind]}: {meaning}
                {part.sample !== '' && <div>{words.saysSample(part.sample)}</div>}
              </>
            }
            events={{ hover: true, focus: true, touch: true }}
            withArrow
            multiline
            maw={320}
          >
            <button
              type="button"
              className={classes.macro}
              data-kind={kind}
              data-level={level}
              tabIndex={macros.indexOf(part) === current ? 0 : -1}
              aria-label={words.says(text.slice(start, end), words.kinds[kind], meaning)}
              onFocus={() => setAt(macros.indexOf(part))}
            >
              {text.slice(start, end)}
            </button>
          </Tooltip>
        )
      })}
    </span>
  )
}

type LiteralProps = Pick<ColoredUrlProps, 'text' | 'findings'> & { readonly part: UrlPart }

/** Cut where findings begin and end. */
function Literal({ text, part, findings }: LiteralProps) {
  const cuts = findings.flatMap(({ start, end }) => [start, end])
  const inside = cuts.filter((at) => at > part.start && at < part.end)
  const edges = [...new Set([part.start, ...inside, part.end])].sort((a, b) => a - b)
  return edges.slice(1).map((end, index) => {
    const start = edges[index] ?? part.start
    return (
      <span key={start} data-level={levelOf(findings, { start, end })}>
        {text.slice(start, end)}
      </span>
    )
  })
}

/** The worst that is wrong with these characters; hints need no mark. */
function levelOf(
  findings: readonly UrlFinding[],
  { start, end }: { readonly start: number; readonly end: number },
): 'error' | 'warning' | undefined {
  const found = findings.filter((finding) => finding.start < end && finding.end > start)
  if (found.some(({ level }) => level === 'error')) return 'error'
  return found.some(({ level }) => level === 'warning') ? 'warning' : undefined
}
