import { useQueryClient } from '@tanstack/react-query'
import { answerOf, api } from '../api.ts'
import { ConfirmButton } from '../parts/confirm-button.tsx'
import { RotateSecret } from '../parts/rotate-secret.tsx'
import { navigate } from '../router.tsx'
import { portalTexts } from '../texts-portal.ts'
import { type NamedPostback, postbacks } from './portal-data.ts'

const words = portalTexts.postbacks

/** What can be done with a postback besides saving it: a new secret where calls are signed, and its end. */
export function PostbackDeeds({ item: { id, type, hasSecret } }: { readonly item: NamedPostback }) {
  const queries = useQueryClient()
  const params = { path: { id } }
  return (
    <>
      {type === 'postback' && hasSecret && (
        <RotateSecret
          rotate={(overlapHours) =>
            answerOf(
              api.POST('/api/v1/portal/postbacks/{id}/rotate-secret', { params, body: { overlapHours } }),
            )
          }
          onDone={() => void queries.invalidateQueries({ queryKey: [postbacks.name] })}
        />
      )}
      <ConfirmButton
        label={words.remove}
        title={words.remove}
        text={words.removeAsk}
        isGrave
        button={{ variant: 'subtle', color: 'gray' }}
        run={async () => {
          await postbacks.archive(id)
          // The lists that have it still; this page, which would ask for what is gone, is left.
          queries.removeQueries({ queryKey: [postbacks.name], type: 'inactive' })
          navigate(`/${postbacks.name}`, { unasked: true })
        }}
      />
    </>
  )
}
