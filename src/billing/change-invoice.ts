import type { BillingAddress } from '../domain/affiliate.ts'
import { referralShare } from '../domain/billing-lines.ts'
import type { InvoiceParties } from '../domain/billing-types.ts'
import { getAdvertiser } from '../store/advertisers.ts'
import { getAffiliate } from '../store/affiliates.ts'
import { appendAudit } from '../store/audit-log.ts'
import { getInvoice, type Invoice, moveInvoice, ownEarnings } from '../store/invoices.ts'
import type { OwnedId } from '../store/owned.ts'
import type { Db } from '../store/transaction.ts'
import { getWorkspace } from '../store/workspaces.ts'
import type { BillingDeps } from './billing-deps.ts'

type Deps = Pick<BillingDeps, 'store' | 'clock'>

export type InvoiceChange =
  | { readonly ok: true; readonly invoice: Invoice }
  /** `state` as it is; undefined when the workspace has no such invoice. */
  | { readonly ok: false; readonly state: Invoice['state'] | undefined }

/**
 * A draft becomes final: names and addresses stay as they are now, and whoever brought the affiliate earns a share of
 * what it earned itself. A final one stays so.
 */
export async function finalizeInvoice(deps: Deps, key: OwnedId, actor: string): Promise<InvoiceChange> {
  const { store, clock } = deps
  return await store.db.transaction().execute(async (db) => {
    const draft = await getInvoice(db, key)
    if (draft === undefined) return { ok: false, state: undefined }
    if (draft.state === 'final') return { ok: true, invoice: draft }
    if (draft.state !== 'draft') return { ok: false, state: draft.state }
    const now = clock()
    const parties = await loadParties(db, draft)
    const issued = { at: now, parties, ...(await loadReferral(db, draft)) }
    const invoice = await moveInvoice(db, key, 'final', { now, issued })
    if (invoice === undefined) return { ok: false, state: draft.state }
    await audit(db, invoice, { at: now, actor, action: 'invoice.finalize', detail: {} })
    return { ok: true, invoice }
  })
}

/** Takes a draft or a final invoice back: what it held is due again. A void one stays so. */
export async function voidInvoice(
  { store, clock }: Deps,
  key: OwnedId,
  { reason, actor }: { readonly reason: string; readonly actor: string },
): Promise<InvoiceChange> {
  return await store.db.transaction().execute(async (db) => {
    const now = clock()
    const invoice = await moveInvoice(db, key, 'void', { now, note: reason })
    if (invoice === undefined) {
      const found = await getInvoice(db, key)
      return found?.state === 'void' ? { ok: true, invoice: found } : { ok: false, state: found?.state }
    }
    await audit(db, invoice, { at: now, actor, action: 'invoice.void', detail: { reason } })
    return { ok: true, invoice }
  })
}

/** Who an invoice is from and to: as kept with it, or while it is a draft as they are now. */
export async function loadParties(db: Db, invoice: Invoice): Promise<InvoiceParties> {
  if (invoice.parties !== null) return invoice.parties
  const { workspace, side, partyId } = invoice
  const owner = await getWorkspace(db, workspace)
  const own = toParty({ name: owner?.name ?? '', email: '', billing: owner?.network.billing })
  const get = side === 'affiliate' ? getAffiliate : getAdvertiser
  const found = await get(db, { workspace, id: partyId })
  const other = toParty(found ?? { name: partyId, email: '', billing: undefined })
  return side === 'affiliate' ? { issuer: other, payer: own } : { issuer: own, payer: other }
}

function toParty(of: {
  readonly name: string
  readonly email: string
  readonly billing: BillingAddress | undefined
}) {
  const { company = '', address = '', taxId = '' } = of.billing ?? {}
  return { name: of.name, email: of.email, company, address, taxId }
}

async function loadReferral(db: Db, { id, workspace, side, partyId }: Invoice) {
  const affiliate = side === 'affiliate' ? await getAffiliate(db, { workspace, id: partyId }) : undefined
  const { referrerId = '', referralPercent = 0 } = affiliate ?? {}
  if (referrerId === '' || referrerId === partyId) return { referrerId: '', referralMicros: 0 }
  return { referrerId, referralMicros: referralShare(await ownEarnings(db, id), referralPercent) }
}

async function audit(
  db: Db,
  { workspace, id, number }: Invoice,
  deed: {
    readonly at: number
    readonly actor: string
    readonly action: string
    readonly detail: Readonly<Record<string, unknown>>
  },
): Promise<void> {
  const subject = { subjectType: 'invoice', subjectId: id }
  await appendAudit(db, { ...deed, workspace, ...subject, detail: { ...deed.detail, number } })
}
