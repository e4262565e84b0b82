import type { Hit } from '../domain/hit.ts'

/** Uploaded or entered by hand: a member of the workspace stands for it, and no sender is there to be checked. */
export function isReportedByMember(hit: Pick<Hit, 'kind'>): boolean {
  return hit.kind === 'upload' || hit.kind === 'manual'
}
