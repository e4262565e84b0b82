/** Collects the values of a query. They travel beside the SQL, which has placeholders for them. */
export class SqlParams {
  readonly #values: Record<string, unknown> = {}
  readonly #placeholders = new Map<string, string>()

  /** @returns the placeholder; the same value of the same type has one placeholder */
  add(
    type: 'String' | 'Date' | 'UInt32' | 'Array(String)',
    value: string | number | readonly string[],
  ): string {
    const identity = JSON.stringify([type, value])
    const known = this.#placeholders.get(identity)
    if (known !== undefined) return known
    const name = `p${this.#placeholders.size}`
    const placeholder = `{${name}:${type}}`
    this.#values[name] = value
    this.#placeholders.set(identity, placeholder)
    return placeholder
  }

  get values(): Readonly<Record<string, unknown>> {
    return this.#values
  }
}
