/**
 * A flow decides which way a visitor goes: the first enabled rule that matches picks its paths, else the flow's own
 * paths are used; a path is landers × offers with weights. Plain JSON: it is stored, and travels in the snapshot.
 */
export type Flow = {
  /** In order: the first enabled one whose condition holds decides. */
  readonly rules: readonly FlowRule[]
  /** For visitors that no rule matches. */
  readonly paths: readonly FlowPath[]
  readonly sticky: Sticky
}

export type FlowRule = {
  readonly id: string
  readonly name: string
  readonly enabled: boolean
  readonly when: Condition
  /** None: matching visitors are sent to the campaign's fallback. */
  readonly paths: readonly FlowPath[]
}

/** Landers × offers with weights. No lander: the visit goes directly to the offer. */
export type FlowPath = {
  readonly id: string
  readonly name?: string
  /** Share among its neighbours; 0 pauses it. */
  readonly weight: number
  readonly landers: readonly WeightedRef[]
  readonly offers: readonly WeightedRef[]
}

export type WeightedRef = { readonly id: string; readonly weight: number }

/**
 * How much of the way a returning visitor keeps: the path; the lander too; the offer too. What is gone, paused or no
 * longer among the paths of the rule that matches now is chosen anew.
 */
export const STICKY_LEVELS = ['none', 'path', 'lander', 'offer'] as const
export type Sticky = (typeof STICKY_LEVELS)[number]

/** All of them, any of them, or one test. An empty `all` holds, an empty `any` does not. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | ConditionTest

export type ConditionTest = {
  readonly field: ConditionField
  readonly operator: ConditionOperator
  /** The test holds when one of them does; for a negated operator, when none does. */
  readonly values: readonly string[]
}

/**
 * What a condition may look at. `hour` (0–23) and `weekday` (1 Monday – 7 Sunday) are in the workspace's time zone;
 * `visitor` is `new` or `returning` to the campaign, `workspace_visitor` the same for the workspace; `bot` is the
 * reason or ''; `proxy` is `datacenter` or ''. `token:NAME` is a named token of the traffic source, `param:NAME` any
 * other query parameter.
 */
export const CONDITION_FIELDS = [
  ...(['country', 'region', 'city', 'isp', 'asn', 'ip', 'connection_type', 'proxy'] as const),
  ...(['device_type', 'device_brand', 'device_model', 'os', 'os_version'] as const),
  ...(['browser', 'browser_version', 'language', 'referrer', 'referrer_domain', 'user_agent'] as const),
  ...(['hour', 'weekday', 'visitor', 'workspace_visitor', 'bot', 'external_id'] as const),
  ...(['sub1', 'sub2', 'sub3', 'sub4', 'sub5', 'sub6', 'sub7', 'sub8', 'sub9', 'sub10'] as const),
] as const
export type ConditionField = (typeof CONDITION_FIELDS)[number] | `token:${string}` | `param:${string}`

/**
 * Text is compared without regard to case; '' in `is` stands for what is unknown. `ip` with `is` and `in` takes
 * addresses, CIDR ranges and `a-b` ranges. `greater` and `less` compare numbers, and versions part by part; what is
 * unknown is neither. `regex` is RE2: its time grows linearly with the text.
 */
export const CONDITION_OPERATORS = [
  ...(['is', 'is_not', 'contains', 'not_contains', 'starts'] as const),
  ...(['regex', 'in', 'not_in', 'greater', 'less'] as const),
] as const
export type ConditionOperator = (typeof CONDITION_OPERATORS)[number]

/** Weights set by Thompson sampling: the share of each is its probability to be the best, above a floor. */
export type Optimization = {
  readonly level: 'paths' | 'landers' | 'offers'
  readonly metric: OptimizationMetric
  /** Least share of each, percent: what never gets visits can never prove itself. */
  readonly floorPercent: number
  /** Visits of the last so many days count. */
  readonly windowDays: number
}

/** Of `reports/metrics.ts`: rates, and money for each visit or click. */
export const OPTIMIZATION_METRICS = ['cv', 'cr', 'ctr', 'epv', 'epc'] as const
export type OptimizationMetric = (typeof OPTIMIZATION_METRICS)[number]

export const FLOW_LIMITS = {
  rulesMax: 100,
  /** Of a rule, and of a flow. */
  pathsMax: 50,
  /** Landers, and offers, of a path. */
  refsMax: 100,
  /** Tests in one rule's condition. */
  testsMax: 50,
  conditionDepthMax: 5,
  valuesMax: 1_000,
  valueCharsMax: 256,
  regexCharsMax: 256,
  /** Of a text that an expression looks at; the rest is not seen. */
  regexTextCharsMax: 1_024,
  /** Campaigns that lead to campaigns. */
  campaignDepthMax: 5,
} as const
