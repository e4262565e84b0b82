import { useItems } from '../resource.ts'
import { campaigns, type TrafficSource } from '../resources.ts'
import { urlTexts as words } from '../texts-url.ts'
import { UrlToCopy } from './url-field.tsx'

/** Stands for the campaign's own name while there is none. */
const ANY_LINK = 'https://…/c/…'
const SAMPLE_ID = 'w8JZ4kQ2'
const SAMPLE_COST = '0.04'
const SAMPLE_TOKEN = '17'

type Incoming = Pick<
  TrafficSource,
  'externalIdParam' | 'externalIdMacro' | 'costParam' | 'costMacro' | 'tokens'
>

/** The link that campaigns of a source have, as its form stands now. */
export function SourceLink({ source, id }: { readonly source: Incoming; readonly id: string | undefined }) {
  const own = useItems(campaigns).data?.find(({ trafficSourceId }) => trafficSourceId === id)
  const params = paramsOf(source)
  if (params.length === 0) return null
  const query = params.map(({ param, macro }) => `${param}=${macro}`).join('&')
  return (
    <UrlToCopy
      label={words.link}
      description={own === undefined ? words.linkHint : words.linkOf(own.name)}
      text={`${own?.link.split('?')[0] ?? ANY_LINK}?${query}`}
      purpose="link"
      meanings={Object.fromEntries(params.map(({ macro, meaning }) => [macro, meaning]))}
      samples={Object.fromEntries(params.map(({ macro, sample }) => [macro, sample]))}
      // A link without a campaign is nobody's yet.
      isAsked={false}
      ignored={LINK_IGNORES}
    />
  )
}

/** Of an address that only stands for one. */
const LINK_IGNORES = ['not_a_url', 'wrong_path', 'not_our_host', 'http']

/** As the API writes them into a campaign's link (src/api/campaign-link.ts). */
function paramsOf({ externalIdParam, externalIdMacro, costParam, costMacro, tokens }: Incoming) {
  return [
    {
      param: externalIdParam,
      macro: externalIdMacro || '{external_id}',
      sample: SAMPLE_ID,
      meaning: words.sourceId,
    },
    { param: costParam, macro: costMacro || '{cost}', sample: SAMPLE_COST, meaning: words.sourceCost },
    ...tokens.map(({ param, macro, name }) => ({
      param,
      macro: macro || `{${name}}`,
      sample: SAMPLE_TOKEN,
      meaning: words.sourceToken(name || param),
    })),
  ].filter(({ param }) => param.trim() !== '')
}
