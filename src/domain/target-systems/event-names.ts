const PAIR = /^([^=]+)=([^=]+)$/

/**
 * What a system calls an event of ours, from a setting such as `sale=PURCHASE, lead=SIGN_UP` (apart by commas or
 * lines). Case does not matter in our name, as in filters of events. '' when the setting does not name it.
 */
export function eventNameFor(setting: string, event: string): string {
  const wanted = event.toLowerCase()
  return toPairs(setting).find(([ours]) => ours.toLowerCase() === wanted)?.[1] ?? ''
}

/**
 * What is wrong with such a setting, in one sentence; '' when nothing is.
 * @param allowed what the system's own names look like.
 */
export function findEventNamesProblem(setting: string, allowed: RegExp): string {
  const written = splitSetting(setting)
  const broken = written.find((pair) => !PAIR.test(pair))
  if (broken !== undefined) return `"${broken}" is not of the form event=NAME`
  const pairs = toPairs(setting)
  const foreign = pairs.find(([, theirs]) => !allowed.test(theirs))
  if (foreign !== undefined) return `"${foreign[1]}" is not an event of this system`
  const ours = pairs.map(([name]) => name.toLowerCase())
  const twice = ours.find((name, i) => ours.indexOf(name) !== i)
  return twice === undefined ? '' : `the event "${twice}" is named twice`
}

function toPairs(setting: string): readonly (readonly [ours: string, theirs: string])[] {
  return splitSetting(setting).flatMap((pair) => {
    const [, ours, theirs] = PAIR.exec(pair) ?? []
    return ours === undefined || theirs === undefined ? [] : [[ours.trim(), theirs.trim()] as const]
  })
}

function splitSetting(setting: string): readonly string[] {
  return setting
    .split(/[,\n]/)
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
}
