type Channels = readonly [number, number, number]
/** Three rows of a matrix, applied to red, green and blue. */
type Matrix = readonly [Channels, Channels, Channels]

/** What eyes see of linear sRGB: all of it, and without one kind of cone (Machado, Oliveira and Fernandes 2009). */
const EYES: readonly Matrix[] = [
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
]
/** Oklab, where distances are those that people see (Ottosson 2020). */
const TO_CONES: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
]
const TO_LAB: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
]

/** How much two colours stand out from each other, from 1 to 21, as WCAG 2 counts it. @param one as "#rrggbb" */
export function contrastOf(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminanceOf(one), luminanceOf(other)].toSorted((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

/** The two colours that are most alike to some eye, of those with and without colour blindness; in Oklab. */
export function nearestPair(colours: readonly string[]) {
  const pairs = colours.flatMap((one, index) =>
    colours.slice(index + 1).map((other) => ({ pair: [one, other], distance: distanceOf(one, other) })),
  )
  return pairs.reduce((least, each) => (each.distance < least.distance ? each : least))
}

function distanceOf(one: string, other: string): number {
  const distances = EYES.map((eye) => {
    const [a, b] = [seen(eye, one), seen(eye, other)]
    return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
  })
  return Math.min(...distances)
}

function seen(eye: Matrix, colour: string): Channels {
  const light = each(times(eye, linearOf(colour)), (channel) => Math.min(1, Math.max(0, channel)))
  return times(TO_LAB, each(times(TO_CONES, light), Math.cbrt))
}

function luminanceOf(colour: string): number {
  const [red, green, blue] = linearOf(colour)
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function linearOf(colour: string): Channels {
  const number = Number.parseInt(colour.slice(1), 16)
  return each([number >> 16, (number >> 8) & 255, number & 255], (channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
}

function times(rows: Matrix, of: Channels): Channels {
  const row = ([a, b, c]: Channels) => a * of[0] + b * of[1] + c * of[2]
  return [row(rows[0]), row(rows[1]), row(rows[2])]
}

function each([a, b, c]: Channels, change: (channel: number) => number): Channels {
  return [change(a), change(b), change(c)]
}
