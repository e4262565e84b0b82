import type { AskedReport } from './report-data.ts'
import { readReportQuery, todayIn } from './report-query.ts'
import { usePlace } from './router.tsx'
import { useMe } from './session.ts'

/** What the address asks, in the time zone that it names or the workspace's. */
export function useAskedReport(): AskedReport {
  const { query: address } = usePlace()
  const { workspace } = useMe()
  const timeZone = readZone(address.get('zone')) ?? workspace.timeZone
  return { ...readReportQuery(address, todayIn(timeZone)), timeZone }
}

function readZone(name: string | null): string | undefined {
  if (name === null) return undefined
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name
  } catch {
    return undefined
  }
}
