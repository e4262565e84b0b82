import type { ConversionStatus } from '../conversion-types.ts'
import type { MacroValues } from '../macro-names.ts'
import type { MacroVisit } from '../macro-values.ts'
import type { Person } from '../person.ts'

/** Systems that are told by their own API: what a call to them looks like is theirs to say, and not the user's. */
export const TARGET_SYSTEMS = [
  ...(['meta', 'google_ads', 'tiktok', 'microsoft_ads', 'snapchat', 'pinterest', 'ga4'] as const),
  ...(['slack', 'telegram', 'webhook', 'email'] as const),
] as const
export type TargetSystem = (typeof TARGET_SYSTEMS)[number]

/** A transition of a conversion, with what is known of its visit, as a system is told of it. */
export type SystemConversion = {
  /** The conversion's: systems take a second event under the same id for a repetition. */
  readonly id: string
  readonly event: string
  readonly txid: string
  readonly status: ConversionStatus
  /** Undefined when the conversion is new. */
  readonly statusBefore: ConversionStatus | undefined
  /** Decimal, in `currency` (ISO 4217): the payout for an affiliate's target, else the revenue. */
  readonly amount: string
  readonly currency: string
  /** When it was recorded, when this transition happened, and when its visit was; Unix milliseconds. */
  readonly recordedAt: number
  readonly at: number
  readonly visitAt: number
  readonly visit: MacroVisit
  /** Null when nothing was given, or without consent. */
  readonly person: Person | null
  /** What {macros} stand for, for systems that are told a text. */
  readonly macros: MacroValues
  /** It never happened: the Test button's. A system that can check a call without counting it is asked to. */
  readonly isTest: boolean
}

/** Something to be read by people: an alert, or a conversion in words. */
export type SystemMessage = {
  readonly title: string
  /** Plain text; lines end with \n. */
  readonly text: string
  /** Where to look closer; '' for nowhere. */
  readonly url: string
  /** When it happened, Unix milliseconds. */
  readonly at: number
}

/** Of the target: what a call is made with that is not secret. */
export type SystemSettings = {
  readonly settings: Readonly<Record<string, string>>
  /** The target's own base address; '' for the system's. */
  readonly baseUrl: string
}

/** A call without its credentials: these are put in when it is sent, so that no queue or log ever holds them. */
export type SystemCall = {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly body: string
  readonly contentType: string
}

export type BuiltCall =
  | { readonly kind: 'call'; readonly call: SystemCall }
  /** The system takes no such news, e.g. a visit without one of its click ids. The reason is for the log. */
  | { readonly kind: 'skip'; readonly reason: string }

/** With credentials, as it goes out. */
export type AuthorizedCall = SystemCall & { readonly headers: Readonly<Record<string, string>> }

export type SystemCredentials = {
  readonly secrets: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
  /** The target's own base address; '' for the system's. */
  readonly baseUrl: string
  /** From `tokenRequest`; '' for systems without one. */
  readonly accessToken: string
}

/** OAuth 2.0, RFC 6749 section 6: a form that is answered with access_token and expires_in. */
export type TokenRequest = { readonly url: string; readonly form: Readonly<Record<string, string>> }

/** What an answer means. 2xx alone says little: some systems answer 200 and refuse in the body. */
export type SystemVerdict =
  | { readonly kind: 'taken' }
  /** @property forGood the same call would be refused again. */
  | { readonly kind: 'refused'; readonly reason: string; readonly forGood: boolean }

/** Something that a person fills in. */
export type SystemField = {
  readonly name: string
  readonly label: string
  /** Where to find it, in one sentence. */
  readonly help: string
  readonly isRequired: boolean
  /** What a right value looks like, as a regular expression's source; '' for any text. */
  readonly pattern: string
  /** The choices, the first by default; empty for free text. */
  readonly choices: readonly string[]
  /** For what no pattern can tell, e.g. an unknown macro: what is wrong with a value, '' when nothing is. */
  readonly findProblem?: (value: string) => string
}

/** What a conversion must come with for a system to be told of it: the same that its `build` asks for. */
export type SystemNeeds = {
  /** Parameters of the visit's link by the names that are read; one of them is enough. */
  readonly visitParams: readonly string[]
  /**
   * E-mail and phone of the person, which are given with consent alone: not passed on, passed on besides the
   * parameters, or enough in their place.
   */
  readonly person: 'none' | 'besides' | 'instead'
  /** One of these is asked for besides the parameters; empty for nothing more. */
  readonly besides: readonly ('email' | 'phone' | 'visitor')[]
}

/** One system: pure rules, so that each is checked against its documentation alone. */
export type SystemRules = {
  readonly label: string
  /** The system's own documentation. */
  readonly documentation: string
  readonly settings: readonly SystemField[]
  readonly secrets: readonly SystemField[]
  /**
   * https://host, without a trailing slash; a target may have another (a gateway, a test). '' for a system that is
   * somewhere else for everybody: the target's own address is then the whole one.
   */
  readonly baseUrl: string
  /** How long after a conversion was recorded the system still takes news of it, hours; 0 for ever. */
  readonly expireHours: number
  /**
   * Whether it is told of a conversion once, when it first earns (and passes the target's filter of statuses): each
   * call counts there as one more conversion. Else once per status, as any URL.
   */
  readonly isToldOnce: boolean
  /**
   * Of one that is told once: it is told once more when that conversion stops to earn, to take it back. `expireHours`
   * run from this moment: when the conversion was recorded, or when it stopped to earn, for a system that dates the
   * news so.
   */
  readonly retracts?: { readonly datedBy: 'conversion' | 'rejection' }
  /** Absent for systems that people read, and for those that take any conversion. */
  readonly needs?: SystemNeeds
  readonly build: (conversion: SystemConversion, target: SystemSettings) => BuiltCall
  /** Absent for systems that people do not read. */
  readonly buildMessage?: (message: SystemMessage, target: SystemSettings) => BuiltCall
  readonly authorize: (call: SystemCall, credentials: SystemCredentials) => AuthorizedCall
  /** Absent for systems whose credentials do not expire. */
  readonly tokenRequest?: (credentials: Omit<SystemCredentials, 'accessToken'>) => TokenRequest
  /** Of an answer with any status. Absent: 2xx is taken, everything else refused. */
  readonly readAnswer?: (answer: { readonly status: number; readonly body: string }) => SystemVerdict
}
