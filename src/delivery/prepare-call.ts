import { NO_SECRETS, signingSecretsAt, type TargetSecrets } from '../domain/target-secrets.ts'
import { rulesOf } from '../domain/target-systems/system-rules.ts'
import type { AuthorizedCall, SystemCall, SystemRules } from '../domain/target-systems/target-system.ts'
import type { NotificationTarget } from '../domain/target-types.ts'
import { type Vault, VaultError } from '../store/vault.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { Call } from './send.ts'

/** What a call is made with of its target as it is now, and not as it was when the call was queued. */
export type CalledTarget = Pick<NotificationTarget, 'id' | 'system' | 'url' | 'settings' | 'sealedSecrets'>

const MOVED = 'it was queued for another address than the target has now'

/** A call as it was rendered, without credentials. */
export type RenderedCall = Pick<Call, 'id' | 'method' | 'url' | 'body' | 'contentType'>

export type PreparedCall =
  /** @property accessToken that the call carries; '' for none. */
  | { readonly ok: true; readonly call: Call; readonly accessToken: string }
  /** @property reason why it can not be made as things are; nothing secret is in it. */
  | { readonly ok: false; readonly reason: string }

export type CallCredentials = {
  readonly vault: Vault
  readonly accessTokens: Pick<AccessTokens, 'get'>
  /** Unix milliseconds. */
  readonly now: number
}

/**
 * The call with what its target says now: a rotated secret signs what was queued before, too, and a system's
 * credentials are put in here and nowhere before.
 * @param target undefined when it is deleted: a plain call goes out unsigned.
 */
export async function prepareCall(
  rendered: RenderedCall,
  target: CalledTarget | undefined,
  { vault, accessTokens, now }: CallCredentials,
): Promise<PreparedCall> {
  const secrets = target === undefined ? NO_SECRETS : openSecrets(vault, target)
  if (secrets === undefined) return { ok: false, reason: new VaultError().message }
  const { id, method, url, body, contentType } = rendered
  const plain = { id, method, url, body, contentType, signing: signingSecretsAt(secrets, now) }
  if (target === undefined || target.system === '') {
    return { ok: true, call: { ...plain, headers: secrets.headers }, accessToken: '' }
  }
  const rules = rulesOf(target.system)
  if (rules === undefined) return { ok: false, reason: `this version does not know "${target.system}"` }
  if (!isAddressed(url, target, rules)) return { ok: false, reason: MOVED }
  const authorized = await authorize(rendered, { target, rules, secrets, accessTokens })
  if (!authorized.ok) return authorized
  const { call, accessToken } = authorized
  const secretValues = [...Object.values(secrets.system), accessToken]
  return {
    ok: true,
    call: {
      ...plain,
      ...call,
      headers: { ...secrets.headers, ...call.headers },
      secretValues,
      isJudgedByBody: rules.readAnswer !== undefined,
    },
    accessToken,
  }
}

/**
 * Whether the call goes to where the target's credentials are for: it may have been queued for another address, or
 * before the target had a system.
 */
function isAddressed(url: string, target: CalledTarget, { baseUrl }: SystemRules): boolean {
  if (baseUrl === '') return true
  return URL.parse(url)?.origin === URL.parse(target.url === '' ? baseUrl : target.url)?.origin
}

/** Undefined when they were sealed under another secret of the installation. */
function openSecrets(vault: Vault, { sealedSecrets }: CalledTarget): TargetSecrets | undefined {
  try {
    return vault.open(sealedSecrets)
  } catch (error) {
    if (error instanceof VaultError) return undefined
    throw error
  }
}

type Authorized =
  | { readonly ok: true; readonly call: AuthorizedCall; readonly accessToken: string }
  | { readonly ok: false; readonly reason: string }

async function authorize(
  rendered: RenderedCall,
  of: {
    readonly target: CalledTarget
    readonly rules: SystemRules
    readonly secrets: TargetSecrets
    readonly accessTokens: Pick<AccessTokens, 'get'>
  },
): Promise<Authorized> {
  const { target, rules, secrets, accessTokens } = of
  const { settings, url: baseUrl } = target
  let accessToken = ''
  const { tokenRequest } = rules
  if (tokenRequest !== undefined) {
    const got = await accessTokens.get(target, { rules: { ...rules, tokenRequest }, secrets })
    if (!got.ok) return got
    accessToken = got.token
  }
  const call = rules.authorize(toSystemCall(rendered), {
    secrets: secrets.system,
    settings,
    baseUrl,
    accessToken,
  })
  return { ok: true, call, accessToken }
}

function toSystemCall({ method, url, body, contentType }: RenderedCall): SystemCall {
  return { method: method === 'POST' ? 'POST' : 'GET', url, body, contentType }
}
