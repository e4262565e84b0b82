import { Text, UnstyledButton } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import type { AskedReport } from '../report-data.ts'
import { withOnly, writeFilters } from '../report-filters.ts'
import { formatMetric, type MetricFacts } from '../report-metrics.ts'
import { toNumber, useShares } from '../report-shares.ts'
import { greatestOf } from '../report-tone.ts'
import type { LabelOf } from '../report-values.ts'
import { setQuery } from '../router.tsx'
import { useMe } from '../session.ts'
import { texts } from '../texts.ts'
import { explorerTexts } from '../texts-explorer.ts'
import { Scale } from './heat-map.tsx'
import { Lines, Loaded } from './loaded.tsx'
import classes from './world-map.module.css'

// The shapes of the countries and the projection are loaded with the first map.
const MapPicture = lazy(async () => ({ default: (await import('./world-map-picture.tsx')).MapPicture }))

const words = explorerTexts.map
/** More than there are countries. */
const COUNTRIES_MAX = 300

type WorldMapProps = { readonly asked: AskedReport; readonly facts: MetricFacts; readonly labelOf: LabelOf }

/** One measure by country: as a map to look at, and as a list to read and to press. */
export function WorldMap({ asked, facts, labelOf }: WorldMapProps) {
  const { currency } = useMe().workspace
  const [pointed, setPointed] = useState<string>()
  const shares = useShares(asked, ['country'], COUNTRIES_MAX)
  return (
    <Loaded query={shares}>
      {({ rows }) => {
        const values = new Map(
          rows.map(({ keys, metrics }) => [keys.country ?? '', metrics[asked.measure] ?? null]),
        )
        const nameOf = (code: string) => (code === '' ? words.unknown : labelOf('country', code))
        const numberOf = (code: string) =>
          values.has(code) ? formatMetric(facts, values.get(code) ?? null, currency) : words.none
        const greatest = greatestOf([...values.values()].map(toNumber))
        const select = (code: string) =>
          setQuery({ only: writeFilters(withOnly(asked.filters, 'country', code)) })
        return (
          <div>
            <Text size="sm" mb="xs">
              {pointed === undefined ? words.hint : words.at(nameOf(pointed), numberOf(pointed))}
            </Text>
            <div className={classes.map}>
              <div>
                <Suspense fallback={<Lines count={8} />}>
                  <MapPicture
                    label={words.label(facts.label)}
                    numberOf={(code) => toNumber(values.get(code))}
                    {...{ greatest, pointed, onPoint: setPointed }}
                  />
                </Suspense>
                <Scale
                  least={formatMetric(facts, 0, currency)}
                  most={formatMetric(facts, greatest, currency)}
                />
              </div>
              <Countries
                codes={[...values.keys()]}
                {...{ nameOf, numberOf, pointed, onPoint: setPointed, onSelect: select }}
              />
            </div>
          </div>
        )
      }}
    </Loaded>
  )
}

type CountriesProps = {
  readonly codes: readonly string[]
  readonly nameOf: (code: string) => string
  readonly numberOf: (code: string) => string
  readonly pointed: string | undefined
  readonly onPoint: (code: string | undefined) => void
  readonly onSelect: (code: string) => void
}

function Countries({ codes, nameOf, numberOf, pointed, onPoint, onSelect }: CountriesProps) {
  return (
    <ol className={classes.list} aria-label={words.list}>
      {codes.map((code) => (
        <li key={code}>
          <UnstyledButton
            className={classes.country}
            title={texts.report.onlyHint(nameOf(code))}
            data-pointed={pointed === code || undefined}
            onClick={() => onSelect(code)}
            onFocus={() => onPoint(code)}
            onBlur={() => onPoint(undefined)}
            onMouseEnter={() => onPoint(code)}
            onMouseLeave={() => onPoint(undefined)}
          >
            <span>{nameOf(code)}</span>
            <span className={classes.number}>{numberOf(code)}</span>
          </UnstyledButton>
        </li>
      ))}
    </ol>
  )
}
