/** One measured figure. `--json` prints it as one object a line. */
type Figure = {
  readonly bench: string
  readonly metric: string
  readonly value: number
  readonly unit: string
}

/** Prints figures as they come, for people or for machines. */
export function createReporter(bench: string, json: boolean) {
  return (metric: string, value: number, unit: string): void => {
    const figure: Figure = { bench, metric, value: round(value), unit }
    if (json) console.log(JSON.stringify(figure))
    else console.log(`${bench.padEnd(12)} ${metric.padEnd(22)} ${String(figure.value).padStart(12)} ${unit}`)
  }
}

function round(value: number): number {
  return Number(value.toPrecision(5))
}
