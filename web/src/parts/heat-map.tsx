import { Text, VisuallyHidden } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import type { AskedReport } from '../report-data.ts'
import { formatMetric, type MetricFacts, type MetricValue } from '../report-metrics.ts'
import { toNumber, useShares } from '../report-shares.ts'
import { greatestOf, toneOf } from '../report-tone.ts'
import { weekdayName } from '../report-values.ts'
import { useMe } from '../session.ts'
import { explorerTexts } from '../texts-explorer.ts'
import classes from './heat-map.module.css'
import { Loaded } from './loaded.tsx'

const words = explorerTexts.heat
const DAYS = Array.from({ length: 7 }, (_, index) => String(index + 1))
const HOURS = Array.from({ length: 24 }, (_, index) => String(index))
const SHORT_DAY = 3

type HeatMapProps = { readonly asked: AskedReport; readonly facts: MetricFacts }

/** One measure by the day of the week and the hour of the day. */
export function HeatMap({ asked, facts }: HeatMapProps) {
  const shares = useShares(asked, ['weekday', 'hour_of_day'], DAYS.length * HOURS.length)
  return (
    <Loaded query={shares}>
      {({ rows }) => {
        const values = new Map(
          rows.map(({ keys, metrics }) => [
            placeOf(keys.weekday ?? '', keys.hour_of_day ?? ''),
            metrics[asked.measure] ?? null,
          ]),
        )
        return <Squares facts={facts} values={values} />
      }}
    </Loaded>
  )
}

function placeOf(day: string, hour: string): string {
  return `${day} ${hour}`
}

type SquaresProps = { readonly facts: MetricFacts; readonly values: ReadonlyMap<string, MetricValue> }
type Place = { readonly day: number; readonly hour: number }

function Squares({ facts, values }: SquaresProps) {
  const { currency } = useMe().workspace
  const [active, setActive] = useState<Place>({ day: 0, hour: 0 })
  const [pointed, setPointed] = useState<Place>()
  const greatest = greatestOf([...values.values()].map(toNumber))
  const valueAt = ({ day, hour }: Place) => values.get(placeOf(DAYS[day] ?? '', HOURS[hour] ?? '')) ?? 0
  const say = (place: Place) =>
    words.cell(
      words.at(weekdayName(DAYS[place.day] ?? ''), hourName(place.hour)),
      formatMetric(facts, valueAt(place), currency),
    )
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const next = placeAfter(event.key, active)
    if (next === undefined) return
    event.preventDefault()
    setActive(next)
    event.currentTarget.querySelector<HTMLElement>(`[data-place="${next.day} ${next.hour}"]`)?.focus()
  }
  return (
    <div>
      <Text size="sm" mb="xs" className={classes.readOut}>
        {pointed === undefined ? words.hint : say(pointed)}
      </Text>
      <div className={classes.frame}>
        {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the arrow keys go from square to square */}
        <table role="grid" className={classes.squares} aria-label={words.label(facts.label)} onKeyDown={move}>
          <HourNames />
          <tbody>
            {DAYS.map((weekday, day) => (
              <tr key={weekday}>
                <th scope="row">
                  <span title={weekdayName(weekday)}>{weekdayName(weekday).slice(0, SHORT_DAY)}</span>
                </th>
                {HOURS.map((hourKey, hour) => (
                  <Square
                    key={hourKey}
                    place={{ day, hour }}
                    isActive={active.day === day && active.hour === hour}
                    tone={toneOf(toNumber(valueAt({ day, hour })), greatest)}
                    text={say({ day, hour })}
                    onActive={setActive}
                    onPoint={setPointed}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Scale least={formatMetric(facts, 0, currency)} most={formatMetric(facts, greatest, currency)} />
    </div>
  )
}

function HourNames() {
  return (
    <thead>
      <tr>
        <th scope="col">
          <VisuallyHidden>{words.day}</VisuallyHidden>
        </th>
        {HOURS.map((hour) => (
          <th key={hour} scope="col">
            <span>{hour.padStart(2, '0')}</span>
          </th>
        ))}
      </tr>
    </thead>
  )
}

type SquareProps = {
  readonly place: Place
  /** The one square that the Tab key stops at. */
  readonly isActive: boolean
  readonly tone: string
  readonly text: string
  readonly onActive: (place: Place) => void
  readonly onPoint: (place: Place | undefined) => void
}

function Square({ place, isActive, tone, text, onActive, onPoint }: SquareProps) {
  return (
    <td
      data-place={`${place.day} ${place.hour}`}
      tabIndex={isActive ? 0 : -1}
      style={{ background: tone }}
      onFocus={() => {
        onActive(place)
        onPoint(place)
      }}
      onMouseEnter={() => onPoint(place)}
      onMouseLeave={() => onPoint(undefined)}
      onBlur={() => onPoint(undefined)}
    >
      <VisuallyHidden>{text}</VisuallyHidden>
    </td>
  )
}

/** What pale and strong stand for. */
export function Scale({ least, most }: { readonly least: string; readonly most: string }) {
  return (
    <div className={classes.scale}>
      {least} <span className={classes.ramp} aria-hidden="true" /> {most}
    </div>
  )
}

function hourName(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`
}

function placeAfter(key: string, { day, hour }: Place): Place | undefined {
  const moves: Readonly<Record<string, Place>> = {
    ArrowRight: { day, hour: Math.min(hour + 1, HOURS.length - 1) },
    ArrowLeft: { day, hour: Math.max(hour - 1, 0) },
    ArrowDown: { day: Math.min(day + 1, DAYS.length - 1), hour },
    ArrowUp: { day: Math.max(day - 1, 0), hour },
    Home: { day, hour: 0 },
    End: { day, hour: HOURS.length - 1 },
  }
  return moves[key]
}
