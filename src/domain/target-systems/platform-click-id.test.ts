import { describe, expect, it } from 'vitest'
import { platformClickId, withLinkParams } from './platform-click-id.ts'

describe('the click id of a platform', () => {
  it('is found among tokens before parameters, by the first name that is filled', () => {
    const visit = { tokens: { fbclid: 'T' }, params: { fbclid: 'P', _fbc: 'C' } }
    expect(platformClickId(visit, ['fbc', 'fbclid', '_fbc'])).toBe('T')
    expect(platformClickId(visit, ['_fbc'])).toBe('C')
    expect(platformClickId(visit, ['gclid', 'constructor'])).toBe('')
    expect(platformClickId({}, ['gclid'])).toBe('')
  })

  it('is found where the traffic source keeps it: as its external id, or as a token of another name', () => {
    const visit = { external_id: 'G-1', tokens: { network_click: 'T-1' } }
    const source = { externalIdParam: 'gclid', tokens: [{ name: 'network_click', param: 'ttclid' }] }
    const seen = withLinkParams(visit, source)
    expect(platformClickId(seen, ['gclid'])).toBe('G-1')
    expect(platformClickId(seen, ['ttclid'])).toBe('T-1')
    expect(platformClickId(withLinkParams(visit, undefined), ['gclid'])).toBe('')
  })

  it('stays what the link said when the source is mapped in another way by now', () => {
    const visit = { external_id: 'OTHER', params: { gclid: 'G-1' } }
    const seen = withLinkParams(visit, { externalIdParam: 'gclid', tokens: [] })
    expect(platformClickId(seen, ['gclid'])).toBe('G-1')
  })
})
