import { describeCondition } from './conditions.ts'
import type { FlowValues } from './flow-values.ts'
import type { Path } from './parts/flow-paths.tsx'
import type { SetShareOf } from './set-weights.ts'
import { texts } from './texts.ts'
import { flowTexts, diagramTexts as words } from './texts-flow.ts'

export type FlowNodeKind = 'start' | 'rule' | 'other' | 'path' | 'lander' | 'offer' | 'campaign' | 'fallback'

/** One station on the way of visitors. */
export type FlowNode = {
  /** Its place in the form, such as `rules.0.paths.1.offers.0`; further words for what has no field of its own. */
  readonly key: string
  readonly kind: FlowNodeKind
  readonly title: string
  /** Who comes here, or where it leads. */
  readonly detail: string
  /** Of the visitors that are shared out here; null where nothing is shared. */
  readonly share: number | null
  /** By a weight that optimisation has set, which is not that of the form. */
  readonly isShareSet?: boolean
  /** Nobody comes here: a rule that is off, a weight of 0, or behind one of these. */
  readonly isOff: boolean
}

/** The arm of a group: what one path leads to. */
export type FlowArm = {
  /** Undefined where the group has no other: then the group itself leads on. */
  readonly path: FlowNode | undefined
  readonly key: string
  readonly id: string | undefined
  readonly landers: readonly FlowStop[]
  readonly offers: readonly FlowOffer[]
  /** Where nobody is served: an empty path list. */
  readonly fallback: FlowNode | undefined
}

export type FlowStop = { readonly node: FlowNode; readonly id: string }
export type FlowOffer = FlowStop & { readonly campaign: FlowNode | undefined }

/** Visitors that one rule, or none, is about. */
export type FlowGroup = { readonly node: FlowNode; readonly arms: readonly FlowArm[] }

export type FlowTree = { readonly start: FlowNode; readonly groups: readonly FlowGroup[] }

/** What the flow's ids stand for. */
export type FlowNames = {
  readonly lander: (id: string) => string
  readonly offer: (id: string) => {
    readonly name: string
    /** Its address; '' when it leads to a campaign. */
    readonly url: string
    /** Name of the campaign that it leads on through; '' for none. */
    readonly campaign: string
  }
}

/**
 * A flow of a form as stations, in the order of the form.
 * @param setShareOf what has a share by a weight that was set by itself.
 */
export function toFlowTree(
  flow: Pick<FlowValues, 'rules' | 'paths'>,
  names: FlowNames,
  setShareOf: SetShareOf = () => undefined,
): FlowTree {
  const rules = flow.rules.map((rule, index): FlowGroup => {
    const node: FlowNode = {
      key: `rules.${index}`,
      kind: 'rule',
      title: rule.name || flowTexts.rule(index + 1),
      detail: rule.enabled ? describeCondition(rule.when) : words.off,
      share: null,
      isOff: !rule.enabled,
    }
    return {
      node,
      arms: toArms(rule.paths, {
        at: `${node.key}.paths`,
        scope: rule.id,
        isOff: node.isOff,
        names,
        setShareOf,
      }),
    }
  })
  const other: FlowNode = {
    key: 'paths',
    kind: 'other',
    title: rules.length === 0 ? words.everyone : flowTexts.other,
    detail: rules.length === 0 ? '' : words.otherDetail,
    share: null,
    isOff: false,
  }
  const arms = toArms(flow.paths, { at: 'paths', scope: '', isOff: false, names, setShareOf })
  const start: FlowNode = {
    key: 'start',
    kind: 'start',
    title: words.start,
    detail: '',
    share: null,
    isOff: false,
  }
  return { start, groups: [...rules, { node: other, arms }] }
}

type ArmsOf = {
  readonly at: string
  /** Id of the rule; '' for none, undefined until it is saved. */
  readonly scope: string | undefined
  readonly isOff: boolean
  readonly names: FlowNames
  readonly setShareOf: SetShareOf
}

function toArms(paths: readonly Path[], of: ArmsOf): readonly FlowArm[] {
  if (paths.length === 0) return [toFallback(of.at, of.isOff)]
  return paths.map((path, index) => toArm(path, { ...of, at: `${of.at}.${index}`, index, among: paths }))
}

function toFallback(at: string, isOff: boolean): FlowArm {
  const key = `${at}.fallback`
  const { fallback, fallbackDetail } = words
  const common = { key, detail: fallbackDetail, share: null, isOff }
  const node: FlowNode = { ...common, kind: 'fallback', title: fallback }
  return { path: undefined, key, id: undefined, landers: [], offers: [], fallback: node }
}

type ArmOf = ArmsOf & { readonly index: number; readonly among: readonly Path[] }

function toArm(path: Path, { at, scope, isOff, names, index, among, setShareOf }: ArmOf): FlowArm {
  const share = shareOf(path, among)
  const isPaused = isOff || share === 0
  const isNamed = among.length > 1 || (path.name ?? '') !== ''
  const node: FlowNode = {
    key: at,
    kind: 'path',
    title: path.name || texts.campaigns.path(index + 1),
    detail: share === 0 && !isOff ? words.paused : '',
    share,
    ...toSetShare(setShareOf({ level: 'paths', id: scope }, path, among)),
    isOff: isPaused,
  }
  const stop = (kind: 'landers' | 'offers', place: number, title: string, detail: string): FlowNode => {
    const weighted = path[kind][place]
    const part = weighted === undefined ? 0 : shareOf(weighted, path[kind])
    const set = weighted && setShareOf({ level: kind, id: path.id }, weighted, path[kind])
    return {
      key: `${at}.${kind}.${place}`,
      kind: kind === 'landers' ? 'lander' : 'offer',
      title: title || words.choose,
      detail,
      share: path[kind].length > 1 ? part : null,
      ...toSetShare(set),
      isOff: isPaused || part === 0,
    }
  }
  const landers = path.landers.map(({ id }, place) => ({
    id,
    node: stop('landers', place, names.lander(id), ''),
  }))
  const offers = path.offers.map(({ id }, place): FlowOffer => {
    const { name, url, campaign } = names.offer(id)
    const offer = stop('offers', place, name, path.offers.length > 1 ? '' : hostOf(url))
    return { id, node: offer, campaign: campaign === '' ? undefined : toCampaign(offer, campaign) }
  })
  return { path: isNamed ? node : undefined, key: at, id: path.id, landers, offers, fallback: undefined }
}

function toCampaign(offer: FlowNode, title: string): FlowNode {
  const { key, isOff } = offer
  return { key: `${key}.campaign`, kind: 'campaign', title, detail: words.campaignDetail, share: null, isOff }
}

function toSetShare(share: number | undefined): Pick<FlowNode, 'share' | 'isShareSet'> | undefined {
  return share === undefined ? undefined : { share, isShareSet: true }
}

/** Without any weight nobody is shared out: everyone goes to the fallback. */
function shareOf(one: { readonly weight: number }, among: readonly { readonly weight: number }[]): number {
  const total = among.reduce((sum, { weight }) => sum + weight, 0)
  return total === 0 ? 0 : one.weight / total
}

/** The host says enough in a small box; macros in it stay as they are. */
function hostOf(url: string): string {
  return /^https?:\/\/([^/?#]+)/i.exec(url.trim())?.[1] ?? ''
}

/** The tree as lines with their depth, for who can not see the picture. */
export function outlineOf(tree: FlowTree, say: (node: FlowNode) => string): readonly OutlineItem[] {
  return tree.groups.map(({ node, arms }) => ({
    text: say(node),
    items: arms.flatMap((arm) => outlineOfArm(arm, say)),
  }))
}

export type OutlineItem = { readonly text: string; readonly items: readonly OutlineItem[] }

function outlineOfArm(
  { path, landers, offers, fallback }: FlowArm,
  say: (node: FlowNode) => string,
): readonly OutlineItem[] {
  const targets = offers.map(({ node, campaign }) => ({
    text: say(node),
    items: campaign === undefined ? [] : [{ text: say(campaign), items: [] }],
  }))
  const stops = landers.map(({ node }) => ({ text: say(node), items: [] }))
  const items = [
    ...stops,
    ...targets,
    ...(fallback === undefined ? [] : [{ text: say(fallback), items: [] }]),
  ]
  return path === undefined ? items : [{ text: say(path), items }]
}
