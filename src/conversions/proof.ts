import { signatureProblem, tokenProblem } from './check-sender.ts'
import type { HitContext } from './hit-context.ts'

/**
 * Whether the hit carries a secret that only its sender has, and that the sender has to show. A token proves nothing in
 * a pixel, which stands in pages that everybody reads; a signature holds for the one message that it was made for.
 */
export function provesItself({ hit, fields, sender }: HitContext): boolean {
  if (sender === undefined) return false
  const byToken = hit.kind === 'postback' && sender.token !== '' && tokenProblem(fields, sender) === ''
  return (
    byToken || (sender.signingSecret !== '' && signatureProblem(hit, fields, sender.signingSecret) === '')
  )
}
