import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import type { Delivery } from '../resources-notifications.ts'
import { useMayChange } from '../session.ts'
import { isKey } from '../texts.ts'
import { oneDeliveryTexts as words } from '../texts-deliveries.ts'
import { ConfirmButton } from './confirm-button.tsx'
import { useTell } from './tell.tsx'

type ReplayProps = Pick<Delivery, 'id' | 'state'> & { readonly size?: 'compact-xs' | 'sm' }

/** Sends a delivery again; nothing where a rule skipped it, a page has shown it, or one may only look. */
export function DeliveryReplay({ id, state, size = 'sm' }: ReplayProps) {
  const queries = useQueryClient()
  const tell = useTell()
  const mayChange = useMayChange()
  if (!mayChange || !isKey(words.replayAsk, state)) return null
  return (
    <ConfirmButton
      label={words.replay}
      title={words.replay}
      text={words.replayAsk[state]}
      button={{ variant: state === 'dead' && size === 'sm' ? 'filled' : 'default', size }}
      run={async () => {
        // What is sent can not be called back: hence a question before it, and no undo after it.
        await answerOf(api.POST('/api/v1/deliveries/{id}/replay', { params: { path: { id } } }))
        tell(words.replayed)
        await queries.invalidateQueries({ queryKey: ['deliveries'] })
        await queries.invalidateQueries({ queryKey: ['story'] })
      }}
    />
  )
}
