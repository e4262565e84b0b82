import { describe, expect, it } from 'vitest'
import type { Hit } from './hit.ts'
import { hasLostProof, treatHit } from './hit-removal.ts'
import { hashing, TRUNCATION } from './personal-data.ts'

const HIT: Hit = {
  id: 'h',
  kind: 'postback',
  at: 0,
  method: 'GET',
  host: 'track.example',
  path: '/postback',
  rawQuery: '',
  params: [],
  ip: '',
  userAgent: '',
  referrer: '',
}
const HASHING = hashing((text) => `hash:${text.length}`)
const DALVIK = 'Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A.231105.004)'

/** As the edge reads it. */
function hitOf(rawQuery: string, changes: Partial<Hit> = {}): Hit {
  return { ...HIT, rawQuery, params: [...new URLSearchParams(rawQuery)], ...changes }
}

describe('a hit of its age', () => {
  it.each([
    'ua',
    'UA',
    'user_agent',
    'userAgent',
    'User-Agent',
    'device_ua',
    'deviceua',
    'visitor[ua]',
    'uagent',
  ])('has no user agent in its parameter %s, whatever that looks like', (name) => {
    const hit = hitOf(new URLSearchParams({ cid: 'c', [name]: 'Shop 3 of Jane' }).toString())
    const treated = treatHit(hit, TRUNCATION)
    expect(treated.params).toEqual([
      ['cid', 'c'],
      [name, 'other'],
    ])
    expect(treated.rawQuery).toBe('')
    expect(treatHit(hit, HASHING).params[1]).toEqual([name, 'hash:14'])
    for (const treatment of [TRUNCATION, HASHING])
      expect(treatHit(treatHit(hit, treatment), treatment)).toEqual(treatHit(hit, treatment))
  })

  it.each([DALVIK, 'okhttp/4.12.0', 'Shop/3.1 CFNetwork/1490.0.4 Darwin/23.2.0', 'Mozilla/5.0 (X11)'])(
    'has no %s in any place',
    (userAgent) => {
      const hit = hitOf(`cid=c&p1=${encodeURIComponent(userAgent)}`, { userAgent })
      expect(JSON.stringify(treatHit(hit, TRUNCATION))).not.toContain(userAgent.slice(0, 8))
      const elsewhere = treatHit({ ...hit, userAgent: '' }, TRUNCATION)
      expect(elsewhere).toMatchObject({
        params: [
          ['cid', 'c'],
          ['p1', 'other'],
        ],
        rawQuery: '',
      })
    },
  )

  it('has of a referrer the page alone, in the header and in a parameter', () => {
    const referrer = 'https://jane:pw@shop.example/thanks/?email=jane@shop.example#jane'
    const hit = hitOf(`cid=c&ref=${encodeURIComponent(referrer)}`, { referrer })
    const treated = treatHit(hit, TRUNCATION)
    expect(treated.referrer).toBe('https://shop.example/thanks/')
    expect(treated.params[1]).toEqual(['ref', 'https://shop.example/thanks/'])
    expect(JSON.stringify(treated)).not.toContain('jane')
    expect(treatHit(treated, TRUNCATION)).toEqual(treated)
  })

  it('keeps no query string that says more than its parameters do', () => {
    const rawQuery = 'cnv_id=c&ua=Shop+3+of+Jane'
    const renamed = hitOf(rawQuery, { dialect: 'binom', params: [['cid', 'c']] })
    expect(treatHit(renamed, TRUNCATION).rawQuery).toBe('')
  })

  it('keeps everything else, and its proof with it', () => {
    const hit = hitOf('cid=c&p1=v1/2&lang=ua&ref=summer&ua=&status=agent&sig=ab', {
      referrer: 'https://shop.example/a/b',
    })
    expect(treatHit(hit, TRUNCATION)).toEqual(hit)
    expect(hasLostProof(hit, treatHit(hit, TRUNCATION))).toBe(false)
    const signed = hitOf('cid=c&ua=Shop&sig=ab')
    expect(hasLostProof(signed, treatHit(signed, TRUNCATION))).toBe(true)
  })
})
