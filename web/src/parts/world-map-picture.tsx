import { geoEqualEarth, geoPath } from 'd3-geo'
import { feature } from 'topojson-client'
import atlas from 'world-atlas/countries-110m.json'
import { countryOfNumber } from '../report-countries.ts'
import { toneOf } from '../report-tone.ts'
import classes from './world-map.module.css'

const WIDTH = 960
const HEIGHT = 500
/** In degrees: the map begins in the Bering Strait, so that no country is cut in two. */
const SEAM = -11
/** Nobody surfs there, and it takes a fifth of the picture. */
const ANTARCTICA = '010'

// The file is a topology, as its package says; of a JSON module only the texts and numbers are known.
const world = atlas as unknown as Parameters<typeof feature>[0]
const countries = featuresOf(world).filter(({ id }) => id !== ANTARCTICA)
const projection = geoEqualEarth().rotate([SEAM, 0]).fitSize([WIDTH, HEIGHT], {
  type: 'FeatureCollection',
  features: countries,
})
const draw = geoPath(projection)
const SHAPES = countries.map((country, index) => ({
  key: index,
  code: countryOfNumber(String(country.id ?? '')),
  path: draw(country) ?? '',
}))

function featuresOf(topology: Parameters<typeof feature>[0]) {
  const { countries: shapes } = topology.objects
  if (shapes === undefined) return []
  const found = feature(topology, shapes)
  return found.type === 'FeatureCollection' ? found.features : [found]
}

type MapPictureProps = {
  readonly label: string
  readonly numberOf: (code: string) => number
  readonly greatest: number
  readonly pointed: string | undefined
  readonly onPoint: (code: string | undefined) => void
}

/** The countries, each as strongly coloured as its value is great. The list beside it is what one reads and presses. */
export function MapPicture({ label, numberOf, greatest, pointed, onPoint }: MapPictureProps) {
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={classes.picture} role="img" aria-label={label}>
      {SHAPES.map(({ key, code, path }) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: for the pointer alone; the list says the same
        <path
          key={key}
          d={path}
          style={{ fill: toneOf(numberOf(code), greatest) }}
          data-pointed={(code !== '' && code === pointed) || undefined}
          onMouseEnter={() => onPoint(code === '' ? undefined : code)}
          onMouseLeave={() => onPoint(undefined)}
        />
      ))}
    </svg>
  )
}
