/** The moment a day begins in a time zone, e.g. '2026-11-22' in Europe/Berlin is 2026-11-21T23:00:00Z. */
export function startOfDay(day: string, timeZone: string): Date {
  return zonedMoment(`${day}T00:00`, timeZone)
}

/** When the clocks of a time zone show this, e.g. '2026-11-22T09:30'. */
export function zonedMoment(shown: string, timeZone: string): Date {
  const asUtc = Date.parse(`${shown}Z`)
  // The offset at this time of UTC may be that of before a change of the clocks; the second look is right.
  const near = asUtc - offsetMs(asUtc, timeZone)
  return new Date(asUtc - offsetMs(near, timeZone))
}

/** What clocks in a time zone show at a moment, as a field of date and time takes it: '2026-11-22T18:30'. */
export function wallTimeOf(moment: string, timeZone: string): string {
  const at = Date.parse(moment)
  return new Date(at + offsetMs(at, timeZone)).toISOString().slice(0, '2026-11-22T18:30'.length)
}

/** '2026-11-30' after '2026-11-29'. */
export function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return next.toISOString().slice(0, 10)
}

/** How far the clocks of a time zone are ahead of UTC. */
function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value)
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return local - Math.floor(at / 1_000) * 1_000
}
