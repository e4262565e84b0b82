import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, use } from 'react'
import { answerOf, api, chooseWorkspace, chosenWorkspace, postAuth } from './api.ts'
import { endPortalView, loadViewed, readPortalView } from './portal-view.ts'
import { texts } from './texts.ts'

export type Role = 'viewer' | 'manager' | 'owner'
/** Whose portal it is, for the role affiliate; the portal is open to an active one alone. */
export type MyAffiliate = {
  readonly id: string
  readonly name: string
  readonly status: 'pending' | 'active' | 'paused' | 'rejected' | 'closed'
  readonly statusReason: string
}

/** A workspace, and what the person may do there. */
type MyWorkspace = {
  readonly id: string
  readonly name: string
  readonly currency: string
  readonly timeZone: string
  readonly role: Role | 'affiliate_manager' | 'affiliate'
  /** Who has no second factor reaches nothing here but their account. */
  readonly requiresTwoFactor: boolean
  readonly affiliate: MyAffiliate | null
}

/** Who looks at the dashboard, and whose data. */
export type Me = {
  readonly user: {
    readonly id: string
    readonly email: string
    readonly name: string
    readonly hasTwoFactor: boolean
  }
  readonly workspace: MyWorkspace
  /** All that the person belongs to, the one above among them. */
  readonly workspaces: readonly MyWorkspace[]
  /** Without it no visit has a provider, a network or a kind of connection. */
  readonly hasAsnDatabase: boolean
  /** The tracking host as visitors see it, without a trailing slash. */
  readonly publicUrl: string
  /** A person of the network, who looks at the portal of the workspace's `affiliate`; the API refuses every change. */
  readonly isLooking: boolean
}

/** Which of several workspaces the person looked at last, at this browser. */
const WORKSPACE_KEY = 'trailpost:workspace'

/** The signed-in person; undefined data when nobody is signed in or they belong to no workspace. */
export function useSession() {
  return useQuery({ queryKey: ['me'], queryFn: loadMe, retry: false, staleTime: Number.POSITIVE_INFINITY })
}

/**
 * Who is signed in, and which of their workspaces this tab is about.
 * @throws ApiProblem; an Error when they belong to none.
 */
export async function loadMe(): Promise<Me> {
  const { installation, user, workspaces } = await answerOf(api.GET('/api/v1/me'))
  const view = readPortalView()
  // Another tab may have chosen another one meanwhile; what this one has loaded is of its own.
  const last = view?.workspace ?? chosenWorkspace() ?? localStorage.getItem(WORKSPACE_KEY)
  const workspace = workspaces.find(({ id }) => id === last) ?? workspaces[0]
  if (user === null || workspace === undefined) throw new Error(texts.problem.noWorkspace)
  chooseWorkspace(workspace.id)
  const viewed = view?.workspace === workspace.id ? await loadViewed(view) : undefined
  const known = { user, workspaces, ...installation }
  if (viewed === undefined) return { ...known, workspace, isLooking: false }
  const asAffiliate = { ...workspace, role: 'affiliate', affiliate: viewed } as const
  return { ...known, workspace: asAffiliate, isLooking: true }
}

/** Shows another workspace from its start page on; nothing of the one before is kept. */
export function switchWorkspace(id: string): void {
  localStorage.setItem(WORKSPACE_KEY, id)
  endPortalView()
  location.assign('/')
}

export function useSignOut() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => postAuth('/sign-out', {}),
    onSuccess: () => {
      chooseWorkspace(undefined)
      endPortalView()
      return queries.resetQueries()
    },
  })
}

const SIGNED_OUT = ['signed-out'] as const

/** The session has ended while the dashboard is open. */
export function tellSignedOut(queries: QueryClient): void {
  if (queries.getQueryData(['me']) !== undefined) queries.setQueryData(SIGNED_OUT, true)
}

export function forgetSignedOut(queries: QueryClient): void {
  queries.setQueryData(SIGNED_OUT, false)
}

export function useIsSignedOut(): boolean {
  return useQuery({ queryKey: SIGNED_OUT, queryFn: () => false, enabled: false, initialData: false }).data
}

export const MeContext = createContext<Me | undefined>(undefined)

/** The signed-in person, on every screen inside the shell. */
export function useMe(): Me {
  const me = use(MeContext)
  if (me === undefined) throw new Error('useMe is for screens inside the shell')
  return me
}

/** Who may change what is the workspace's own; an affiliate manager changes what its affiliates are given. */
export function useMayManage(): boolean {
  const { role } = useMe().workspace
  return role === 'manager' || role === 'owner'
}

/** A viewer may look, but not change anything. */
export function useMayChange(): boolean {
  return useMe().workspace.role !== 'viewer'
}
