import type { Vault } from '../store/vault.ts'
import { AccessTokens } from './access-tokens.ts'
import type { CalledTarget, RenderedCall } from './prepare-call.ts'
import { prepareCall } from './prepare-call.ts'
import type { Sender, SendResult } from './send.ts'

const UNAUTHORIZED = 401

/** Makes calls of targets, each with its target's secrets and credentials. */
export type Caller = {
  /**
   * Makes the call once. Never rejects for what the outside world does, nor for credentials: these fail with the code
   * 'credentials', and nothing is sent.
   * @param target as it is now; undefined when it is deleted.
   */
  call(rendered: RenderedCall, target: CalledTarget | undefined): Promise<SendResult>
}

export type CallerOptions = {
  readonly sender: Pick<Sender, 'send'>
  readonly vault: Vault
  /** Unix milliseconds. */
  readonly clock: () => number
}

export function createCaller({ sender, vault, clock }: CallerOptions): Caller {
  const accessTokens = new AccessTokens({ sender, clock })
  return {
    call: async (rendered, target) => {
      const now = clock()
      const prepared = await prepareCall(rendered, target, { vault, accessTokens, now })
      if (!prepared.ok) return failed(rendered, prepared.reason)
      const result = await sender.send(prepared.call, now)
      if (target !== undefined && isUnauthorized(result)) accessTokens.drop(target.id, prepared.accessToken)
      return result
    },
  }
}

/** A token may be taken back before it expires. */
function isUnauthorized(result: SendResult): boolean {
  return result.kind === 'answered' && result.answer.status === UNAUTHORIZED
}

function failed({ method, url, body }: RenderedCall, detail: string): SendResult {
  const request = { method, url, headers: {}, body, redirectedFrom: [] }
  return { kind: 'failed', request, code: 'credentials', detail, forGood: false }
}
