import { expect, it } from 'vitest'
import { buildVisitMacroValues } from '../macro-values.ts'
import { hashing, TRUNCATION, treatRow } from '../personal-data.ts'
import { rulesOf } from './system-rules.ts'
import { sharedVisitor } from './visitor-sharing.ts'

const VISIT = {
  ip: '203.0.113.9',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0.6099.71 Safari/537.36',
  browser: 'Chrome',
  browser_version: '120.0.6099.71',
  params: { fbclid: 'F', ttclid: 'T', ScCid: 'S', epik: 'E' },
}
const SHARED = { shareVisitor: 'yes' }
const TREATMENTS = [TRUNCATION, hashing((text) => `hash:${text.length}`)]

it('a visitor is shared whole, or not at all', () => {
  const shared = { client_ip_address: VISIT.ip, client_user_agent: VISIT.user_agent }
  expect(sharedVisitor(VISIT, SHARED)).toEqual(shared)
  expect(sharedVisitor(VISIT, { shareVisitor: 'no' })).toEqual({})
  for (const treatment of TREATMENTS) expect(sharedVisitor(treatRow(VISIT, treatment), SHARED)).toEqual({})
})

it.each(['meta', 'tiktok', 'snapchat', 'pinterest'] as const)(
  '%s hears nothing of what retention leaves',
  (system) => {
    for (const treatment of TREATMENTS) {
      const visit = treatRow(VISIT, treatment)
      const told = { id: 'v1', event: 'sale', txid: '', status: 'approved', statusBefore: undefined } as const
      const worth = { amount: '1', currency: 'USD', recordedAt: 2, at: 2, visitAt: 1 }
      const conversion = { ...told, ...worth, visit, person: null, macros: {}, isTest: false }
      const settings = { ...SHARED, pixelId: '12345', pixelCode: 'ABCDEFGH', adAccountId: '1' }
      const built = JSON.stringify(rulesOf(system)?.build(conversion, { settings, baseUrl: '' }))
      expect(built).not.toMatch(/203\.0|hash:|Chrome|client_ip|user_agent/)
    }
  },
)

it('macros stand for what is whole', () => {
  expect(buildVisitMacroValues(VISIT)).toMatchObject({ ip: VISIT.ip, useragent: VISIT.user_agent })
  for (const treatment of TREATMENTS) {
    expect(buildVisitMacroValues(treatRow(VISIT, treatment))).toMatchObject({ ip: '', useragent: '' })
  }
})
