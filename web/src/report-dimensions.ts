import type { PickerGroup } from './parts/report-picker.tsx'
import { type Dimension, dimensionLabel } from './report-names.ts'
import { useItems } from './resource.ts'
import { sources } from './resources.ts'
import { explorerTexts } from './texts-explorer.ts'

const words = explorerTexts.dimensionGroups

/** Dimensions by what they tell of, the most asked first. */
const GROUPS: Readonly<Record<Exclude<keyof typeof words, 'tokens'>, readonly Dimension[]>> = {
  setup: ['campaign', 'source', 'offer', 'lander', 'network', 'path', 'rule', 'route_reason'],
  time: ['day', 'hour', 'week', 'month', 'weekday', 'hour_of_day'],
  place: ['country', 'region', 'city', 'language', 'isp', 'asn', 'connection_type'],
  device: ['device_type', 'device_brand', 'device_model', 'os', 'os_version', 'browser', 'browser_version'],
  visit: [
    ...(['referrer_domain', 'external_id', 'sub1', 'sub2', 'sub3', 'sub4', 'sub5'] as const),
    ...(['sub6', 'sub7', 'sub8', 'sub9', 'sub10', 'bot', 'flags'] as const),
  ],
  network: ['affiliate', 'advertiser'],
  conversion: ['event', 'status'],
}

/** Every dimension but those that are taken, also the tokens of the workspace's traffic sources. */
export function useDimensionGroups(taken: readonly Dimension[] = []): readonly PickerGroup[] {
  const names = (useItems(sources).data ?? []).flatMap((source) => source.tokens.map(({ name }) => name))
  const tokens = [...new Set(names)].map((name): Dimension => `token:${name}`)
  const groups = [
    ...Object.entries(GROUPS).map(([name, dimensions]) => ({ name, dimensions })),
    { name: 'tokens', dimensions: tokens },
  ]
  return groups
    .map(({ name, dimensions }) => ({
      label: name in words ? words[name as keyof typeof words] : name,
      options: dimensions
        .filter((dimension) => !taken.includes(dimension))
        .map((value) => ({ value, label: dimensionLabel(value) })),
    }))
    .filter(({ options }) => options.length > 0)
}
