import type { InvoiceState } from './billing-types.ts'

/**
 * ```
 *  draft ──▶ final ◀──▶ paid
 *    │         │
 *    ╰────┬────╯
 *         ▼
 *       void
 * ```
 * A payment run pays, and when it is cancelled its invoices are final again. A paid invoice is not made void: cancel its
 * run first, so that no money is recorded as paid for nothing. What a void invoice held is on the next one.
 */
const ALLOWED: Readonly<Record<InvoiceState, readonly InvoiceState[]>> = {
  draft: ['final', 'void'],
  final: ['paid', 'void'],
  paid: ['final'],
  void: [],
}

/** The states that an invoice may come from to be what it shall be. */
export function statesBefore(to: InvoiceState): readonly InvoiceState[] {
  return (['draft', 'final', 'paid', 'void'] as const).filter((from) => ALLOWED[from].includes(to))
}
