/** The numbers of a version, e.g. [17, 4, 1] of `17.4.1`; undefined when it does not begin with one. */
export function parseVersion(text: string): readonly number[] | undefined {
  const numbers = /^\d+(\.\d+)*/.exec(text)?.[0]
  return numbers?.split('.').map(Number)
}

/**
 * How a version stands to another, part by part; parts that one of them lacks are 0: 17.0 is 17. Walks the text
 * without taking it apart, since it is asked for every visit.
 * @returns below 0, 0 or above 0; NaN when the text does not begin with a number.
 */
export function compareVersion(text: string, bound: readonly number[]): number {
  let index = 0
  let part = 0
  let digits = 0
  for (let i = 0; i <= text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x30 && code <= 0x39) {
      part = part * 10 + code - 0x30
      digits++
      continue
    }
    if (digits === 0) {
      if (index === 0) return Number.NaN
      break
    }
    const difference = part - (bound[index] ?? 0)
    if (difference !== 0) return difference
    index++
    part = 0
    digits = 0
    if (code !== 0x2e) break
  }
  for (; index < bound.length; index++) {
    if (bound[index] !== 0) return -1
  }
  return 0
}
