import type { TestApi } from './api-harness.ts'

/** Whose money it is, and the key of an owner. */
type Payee = {
  readonly api: TestApi
  readonly key: string
  readonly affiliateId: string
  readonly mark: string
}

/** Kinds of money that a test can make; each needs the ones before. */
const MONEY_KINDS = ['balance-adjustments', 'invoices', 'final-invoices', 'payment-runs'] as const
type MoneyKind = (typeof MONEY_KINDS)[number]

export function isMoneyKind(kind: string): kind is MoneyKind {
  return MONEY_KINDS.some((known) => known === kind)
}

/** Makes one that no other test has used, and returns its id. */
export async function makeMoney(payee: Payee, kind: MoneyKind): Promise<string> {
  const { affiliateId, mark } = payee
  const party = { side: 'affiliate', partyId: affiliateId }
  switch (kind) {
    case 'balance-adjustments':
      return await post(payee, kind, { ...party, amount: '12.50', reason: `${mark} bonus` })
    case 'invoices':
      await makeMoney(payee, 'balance-adjustments')
      return await post(payee, kind, party)
    case 'final-invoices': {
      const id = await makeMoney(payee, 'invoices')
      return await post(payee, `invoices/${id}/finalize`, {})
    }
    case 'payment-runs': {
      const invoiceIds = [await makeMoney(payee, 'final-invoices')]
      return await post(payee, kind, { method: 'wire', reference: `${mark} 1`, invoiceIds })
    }
  }
}

async function post({ api, key }: Payee, path: string, payload: object): Promise<string> {
  const headers = { authorization: `Bearer ${key}` }
  const answer = await api.app.inject({ method: 'POST', url: `/api/v1/${path}`, headers, payload })
  if (answer.statusCode >= 300) throw new Error(`POST ${path}: ${answer.body}`)
  return String(answer.json().id)
}
