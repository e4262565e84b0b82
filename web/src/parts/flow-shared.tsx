import { lazy, Suspense } from 'react'
import { useItems } from '../resource.ts'
import { flows } from '../resources.ts'
import { SetShares, useSetShares } from '../set-weights.ts'
import { Lines } from './loaded.tsx'

const FlowPicture = lazy(async () => ({ default: (await import('./flow-picture.tsx')).FlowPicture }))

type SharedFlowProps = {
  readonly flowId: string
  /** Whose visits are counted. */
  readonly campaignId: string | undefined
}

/** A shared flow as a campaign takes it: a picture, since it is changed in its own place. */
export function SharedFlow({ flowId, campaignId }: SharedFlowProps) {
  const flow = useItems(flows).data?.find(({ id }) => id === flowId)
  const setShareOf = useSetShares({ kind: 'flow', id: flowId }, flow?.optimization ?? null)
  if (flow === undefined) return null
  return (
    <SetShares value={setShareOf}>
      <Suspense fallback={<Lines count={4} />}>
        <FlowPicture flow={flow} campaignId={campaignId} />
      </Suspense>
    </SetShares>
  )
}
