import type { TargetSecrets } from '../domain/target-secrets.ts'
import type { SystemRules, TokenRequest } from '../domain/target-systems/target-system.ts'
import type { TargetCalls } from '../store/target-calls.ts'
import type { Sender, SendResult } from './send.ts'

/** Tokens are used until so long before they expire: a call takes a while. */
const SPARE_MS = 120_000
/** Of an answer that does not say how long its token lasts. */
const LIFETIME_DEFAULT_S = 3_600
/** After a refusal: every waiting call of the target would ask again, for the same answer. */
const REFUSAL_KEPT_MS = 30_000
/** Tokens of Microsoft are 2 kB, and come with a refresh token of the same size. */
const ANSWER_BYTES_MAX = 65_536
/** Targets whose tokens are remembered; the least lately asked for is forgotten first. */
const TARGETS_MAX = 1_000
const REASON_CHARS_MAX = 300
const FORM = 'application/x-www-form-urlencoded'

/** What an access token is asked for with. */
export type TokenOwner = Pick<TargetCalls, 'id' | 'settings' | 'sealedSecrets'> & {
  /** The target's own base address; '' for the system's. */
  readonly url: string
}

export type AccessToken =
  | { readonly ok: true; readonly token: string }
  /** @property reason in one line, without anything secret. */
  | { readonly ok: false; readonly reason: string }

type Remembered = {
  /** What it was got for: other credentials or settings need another token. */
  readonly of: string
  readonly expiresAt: number
  readonly answer: Promise<AccessToken>
  /** Of the answer, once it is there; '' for none. */
  readonly token: string
}

type Asking = {
  readonly rules: SystemRules & Required<Pick<SystemRules, 'tokenRequest'>>
  readonly secrets: TargetSecrets
}

/**
 * Access tokens of targets, got for their refresh tokens (OAuth 2.0, RFC 6749 section 6) and kept in memory alone
 * until shortly before they expire. One exchange at a time runs for a target: the others wait for it.
 */
export class AccessTokens {
  readonly #sender: Pick<Sender, 'send'>
  readonly #clock: () => number
  readonly #remembered = new Map<string, Remembered>()

  /** @param sender the guarded one: the token endpoint of a target's own address is anywhere. */
  constructor(options: { readonly sender: Pick<Sender, 'send'>; readonly clock: () => number }) {
    this.#sender = options.sender
    this.#clock = options.clock
  }

  /** Never rejects. */
  async get(target: TokenOwner, asking: Asking): Promise<AccessToken> {
    const of = JSON.stringify([target.sealedSecrets, target.settings, target.url])
    const known = this.#remembered.get(target.id)
    if (known !== undefined && known.of === of && known.expiresAt > this.#clock()) return await known.answer
    // While the exchange runs, nobody knows how long its answer lasts.
    const answer = this.#exchange(target, asking).then(({ lastsMs, ...got }) => {
      const still = this.#remembered.get(target.id)
      const token = got.ok ? got.token : ''
      const expiresAt = this.#clock() + lastsMs
      if (still?.answer === answer) this.#remember(target.id, { of, answer, token, expiresAt })
      return got
    })
    this.#remember(target.id, { of, answer, token: '', expiresAt: Infinity })
    return await answer
  }

  /**
   * The system does not take this token of the target any more: the next call gets a new one, unless another call got
   * one meanwhile.
   */
  drop(targetId: string, token: string): void {
    if (this.#remembered.get(targetId)?.token === token) this.#remembered.delete(targetId)
  }

  #remember(targetId: string, remembered: Remembered): void {
    this.#remembered.delete(targetId)
    this.#remembered.set(targetId, remembered)
    if (this.#remembered.size <= TARGETS_MAX) return
    const [oldest] = this.#remembered.keys()
    if (oldest !== undefined) this.#remembered.delete(oldest)
  }

  async #exchange(
    { settings, url: baseUrl }: TokenOwner,
    { rules, secrets }: Asking,
  ): Promise<AccessToken & { readonly lastsMs: number }> {
    const request = rules.tokenRequest({ secrets: secrets.system, settings, baseUrl })
    const result = await this.#sender.send(toCall(request, secrets), this.#clock())
    return readTokenAnswer(result)
  }
}

function toCall({ url, form }: TokenRequest, secrets: TargetSecrets) {
  return {
    id: 'token',
    method: 'POST',
    url,
    body: new URLSearchParams(form).toString(),
    contentType: FORM,
    signing: [],
    headers: {},
    secretValues: Object.values(secrets.system),
    answerBytesKept: ANSWER_BYTES_MAX,
  }
}

function readTokenAnswer(result: SendResult): AccessToken & { readonly lastsMs: number } {
  // A system that is away may be back at once; the delivery's own schedule puts the next try off.
  if (result.kind === 'failed') {
    return { ok: false, reason: cut(`no access token: ${result.code}: ${result.detail}`), lastsMs: 0 }
  }
  const { status, body } = result.answer
  const { access_token: token, expires_in: expiresIn, error, error_description: detail } = readJson(body)
  if (status >= 200 && status < 300 && typeof token === 'string' && token !== '') {
    const seconds = Number(expiresIn ?? LIFETIME_DEFAULT_S)
    const lastsMs = (Number.isFinite(seconds) ? seconds : LIFETIME_DEFAULT_S) * 1_000 - SPARE_MS
    return { ok: true, token, lastsMs: Math.max(0, lastsMs) }
  }
  const said = [error, detail].filter((each) => typeof each === 'string')
  const why = said.length > 0 ? said.join(': ') : `status ${status}`
  const isRefusal = status === 400 || status === 401
  return {
    ok: false,
    reason: cut(isRefusal ? `the refresh token was refused: ${why}` : `no access token: ${why}`),
    lastsMs: isRefusal ? REFUSAL_KEPT_MS : 0,
  }
}

/** {} for anything else than an object. */
function readJson(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
  } catch {
    return {}
  }
}

function cut(reason: string): string {
  return reason.replace(/\s+/g, ' ').slice(0, REASON_CHARS_MAX)
}
