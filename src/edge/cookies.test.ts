import { describe, expect, it } from 'vitest'
import { cookieValue, offerClickIds, parseWay, visitCookies, wayFromCookies } from './cookies.ts'

const ID = '06h063ezxc00n35fs003brmxpd'
const OTHER = '06h063ezz800qvqz84g3t58hd5'
const HEADER = `x=1; tp_cid=${ID}; tp_c_c1=${ID}.p1.l1.o1; tp_c_c2=${OTHER}.p2..o2;tp_o_o2=${OTHER}; tp_o_bad=short`

describe('cookies', () => {
  it('are found by their whole name', () => {
    expect(cookieValue(HEADER, 'tp_cid')).toBe(ID)
    expect(cookieValue(`xtp_cid=no; tp_cid2=no; tp_cid=${ID}`, 'tp_cid')).toBe(ID)
    expect(cookieValue(HEADER, 'absent')).toBe('')
    expect(cookieValue(undefined, 'tp_cid')).toBe('')
  })

  it('give the route of a click id, from whichever campaign it belongs to', () => {
    expect(wayFromCookies(HEADER, ID)).toEqual({
      clickId: ID,
      campaignId: 'c1',
      pathId: 'p1',
      landerId: 'l1',
      offerId: 'o1',
    })
    expect(wayFromCookies(HEADER, OTHER)).toMatchObject({ campaignId: 'c2', pathId: 'p2', landerId: '' })
  })

  it('of another shape give no route', () => {
    expect(wayFromCookies(`other=${ID}.p.l.o`, ID)).toBeUndefined()
    expect(wayFromCookies(`tp_c_c1=${ID}.p`, ID)).toBeUndefined()
    expect(wayFromCookies(undefined, ID)).toBeUndefined()
  })

  it('give the way through campaigns that were offers, and no longer one than can be', () => {
    const way = {
      clickId: ID,
      campaignId: 'c1',
      pathId: 'p1',
      landerId: 'l1',
      offerId: 'o1',
      through: [
        { offerId: 'o8', pathId: 'p8' },
        { offerId: 'o9', pathId: 'p9' },
      ],
    }
    const [, written = ''] = visitCookies(way, { https: false, windowDays: 1, campaignSeconds: 86_400 })
    const value = cookieValue(written.split(';')[0], 'tp_c_c1')
    expect(value).toBe(`${ID}.p1.l1.o1.o8.p8.o9.p9`)
    expect(parseWay('c1', value)).toEqual(way)
    expect(parseWay('c1', `${ID}.p1.l1.o1${'.o.p'.repeat(6)}`)).toBeUndefined()
  })

  it('give the click ids per offer, without what is no click id', () => {
    expect(offerClickIds(HEADER)).toEqual({ o2: OTHER })
    expect(offerClickIds('x=1')).toBeUndefined()
    const many = Array.from({ length: 500 }, (_, n) => `tp_o_${n}=${ID}`).join('; ')
    expect(Object.keys(offerClickIds(many) ?? {})).toHaveLength(100)
  })

  it('written for a direct link are read back', () => {
    const route = { clickId: ID, campaignId: 'c9', pathId: 'p9', landerId: '', offerId: 'o9' }
    const written = visitCookies(route, { https: true, windowDays: 2, campaignSeconds: 172_800 })
    for (const cookie of written) {
      expect(cookie).toMatch(/; Path=\/; HttpOnly; Max-Age=172800; SameSite=None; Secure$/)
    }
    const header = written.map((cookie) => cookie.split(';')[0]).join('; ')
    expect(wayFromCookies(header, ID)).toEqual(route)
    expect(offerClickIds(header)).toEqual({ o9: ID })
    expect(cookieValue(header, 'tp_cid')).toBe(ID)
  })
})
