import { ApiProblem, answerOf, api, choosePortal } from './api.ts'
import { navigate } from './router.tsx'
import type { MyAffiliate } from './session.ts'

/** Whose portal a person of its network looks at in this tab. */
type PortalView = { readonly workspace: string; readonly affiliateId: string }

/** Of one tab, and gone with it: another one shows the person's own dashboard. */
const VIEW_KEY = 'trailpost:portal-view'
const REFUSALS: readonly number[] = [403, 404]

/** Shows the portal as the affiliate sees it, from its start page on; nothing of the dashboard is kept. */
export async function beginPortalView(view: PortalView): Promise<void> {
  const params = { path: { id: view.affiliateId } }
  await answerOf(api.POST('/api/v1/affiliates/{id}/portal-view', { params }))
  sessionStorage.setItem(VIEW_KEY, JSON.stringify(view))
  location.assign('/portal/overview')
}

/** From now on this tab is the person's own again. */
export function endPortalView(): void {
  sessionStorage.removeItem(VIEW_KEY)
  choosePortal(undefined)
}

/** What was begun in this tab; undefined for nothing. */
export function readPortalView(): PortalView | undefined {
  const kept: unknown = JSON.parse(sessionStorage.getItem(VIEW_KEY) ?? 'null')
  if (typeof kept !== 'object' || kept === null) return undefined
  if (!('workspace' in kept) || typeof kept.workspace !== 'string') return undefined
  if (!('affiliateId' in kept) || typeof kept.affiliateId !== 'string') return undefined
  return { workspace: kept.workspace, affiliateId: kept.affiliateId }
}

/** The affiliate as it is told of itself; undefined, and back at its page, when the look has ended. */
export async function loadViewed({ affiliateId }: PortalView): Promise<MyAffiliate | undefined> {
  choosePortal(affiliateId)
  try {
    const { id, name, status, statusReason } = await answerOf(api.GET('/api/v1/portal/me'))
    return { id, name, status, statusReason }
  } catch (error) {
    if (!(error instanceof ApiProblem) || !REFUSALS.includes(error.status)) throw error
    endPortalView()
    navigate(`/affiliates/${affiliateId}`, { replace: true })
    return undefined
  }
}
