/** Of integers that are exact together, as amounts in micros and counts are; 0 of none. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0)
}
