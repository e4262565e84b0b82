import { EditScreen } from '../parts/edit-screen.tsx'
import type { PathParams } from '../router.tsx'
import { portalTexts } from '../texts-portal.ts'
import { postbacks } from './portal-data.ts'
import { PostbackDeeds } from './postback-deeds.tsx'
import { PostbackForm } from './postback-form.tsx'

/** One postback link or conversion pixel. */
export function PostbackScreen({ params: { id = 'new' } }: { readonly params: PathParams }) {
  return (
    <EditScreen
      resource={postbacks}
      id={id}
      listTitle={portalTexts.postbacks.title}
      createTitle={portalTexts.postbacks.create}
      form={PostbackForm}
      deeds={PostbackDeeds}
    />
  )
}
