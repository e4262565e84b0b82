import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Hit } from './hit.ts'
import { maskPerson } from './mask-person.ts'
import { joinPerson, personOf, toPerson } from './person.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const ofEmail = (email: string) => toPerson({ email, phone: '' })
const ofPhone = (phone: string) => toPerson({ email: '', phone })

describe('a person', () => {
  it('is the hash of the address in lower case, and for Google of a Gmail name without its dots', () => {
    expect(ofEmail(' Ann.Lee@Gmail.com ')).toEqual({
      emailSha256: sha256('ann.lee@gmail.com'),
      emailGoogleSha256: sha256('annlee@gmail.com'),
      emailMicrosoftSha256: sha256('annlee@gmail.com'),
      phoneSha256: '',
      phonePlusSha256: '',
    })
    const other = ofEmail('Ann.Lee@example.com')
    expect(other?.emailGoogleSha256).toBe(sha256('ann.lee@example.com'))
  })

  it('is the hash of the number with its country code, with and without the plus', () => {
    for (const written of ['+1 (555) 010-0100', '15550100100', '001 555 010 0100']) {
      expect(ofPhone(written)).toMatchObject({
        phoneSha256: sha256('15550100100'),
        phonePlusSha256: sha256('+15550100100'),
      })
    }
  })

  it('is for Microsoft the hash of the address without a suffix, dots in the name and accents', () => {
    expect(ofEmail('Ex.ample+Shop@Outlook.com')?.emailMicrosoftSha256).toBe(sha256('example@outlook.com'))
    expect(ofEmail('José.Núñez@mail.example.com')?.emailMicrosoftSha256).toBe(
      sha256('josenunez@mail.example.com'),
    )
  })

  it('has no trunk zero in its number', () => {
    for (const written of ['+44 (0)20 7946 0018', '0044(0) 20 7946 0018', '+44 20 7946 0018']) {
      expect([written, ofPhone(written)?.phonePlusSha256]).toEqual([written, sha256('+442079460018')])
    }
    expect(ofPhone('+1 (0555) 010 0100')).toEqual(ofPhone('105550100100'))
  })

  it('given as phone_sha256 is the hash of the number with its plus, and no other form', () => {
    const [plus, digits] = [sha256('+15550100100'), sha256('15550100100')]
    const given = { email: '', phone: '', phoneSha256: plus }
    expect(toPerson(given)).toMatchObject({ phoneSha256: '', phonePlusSha256: plus })
    expect(toPerson({ ...given, phone: digits })).toEqual(ofPhone('+15550100100'))
    expect(toPerson({ ...given, phoneSha256: '+15550100100' })).toEqual(ofPhone('+15550100100'))
  })

  it('is nobody without consent, and from what is neither address nor number', () => {
    const given = { email: 'ann@example.com', phone: '+15550100100' }
    expect(personOf({ ...given, consent: false })).toBeNull()
    expect(personOf({ ...given, consent: true })).not.toBeNull()
    for (const email of ['', 'ann', '@', 'a b@example.com']) expect(ofEmail(email)).toBeNull()
    for (const phone of ['', '12', '0123', '1'.repeat(16), 'none']) expect(ofPhone(phone)).toBeNull()
  })

  it('given as a hash is that hash in every form', () => {
    const hash = sha256('whatever')
    expect(toPerson({ email: hash.toUpperCase(), phone: `sha256:${hash}` })).toEqual({
      emailSha256: hash,
      emailGoogleSha256: hash,
      emailMicrosoftSha256: hash,
      phoneSha256: hash,
      phonePlusSha256: hash,
    })
  })

  it('is the same however an address or a number is written', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.boolean(), fc.nat(3), (email, upper, spaces) => {
        const written = ' '.repeat(spaces) + (upper ? email.toUpperCase() : email)
        expect(ofEmail(written)).toEqual(ofEmail(email.toLowerCase()))
      }),
    )
    const digits = fc.stringMatching(/^[1-9]\d{6,14}$/)
    fc.assert(
      fc.property(digits, fc.array(fc.constantFrom(' ', '-', '(', ')', '.')), (number, marks) => {
        const written = number
          .split('')
          .flatMap((digit, at) => [marks[at] ?? '', digit])
          .join('')
        expect(ofPhone(`+${written}`)).toEqual(ofPhone(number))
        expect(ofPhone(written)).toEqual(ofPhone(number))
      }),
    )
  })

  it('of a later hit goes before, value by value', () => {
    const first = toPerson({ email: 'ann@example.com', phone: '+15550100100' })
    const later = ofEmail('bea@example.com')
    expect(joinPerson(first, later)).toEqual({
      ...first,
      emailSha256: sha256('bea@example.com'),
      emailGoogleSha256: sha256('bea@example.com'),
      emailMicrosoftSha256: sha256('bea@example.com'),
    })
    expect(joinPerson(first, null)).toEqual(first)
    expect(joinPerson(null, later)).toEqual(later)
  })
})

describe('a kept hit', () => {
  const hit: Hit = {
    id: 'h1',
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

  it('says nothing of the person in plain, and everything else as it was sent', () => {
    const rawQuery = 'cid=1&Email=ann%40gmail.com&ph=%2B1+555+010+0100&txid=a%2fb'
    const params = [...new URLSearchParams(rawQuery)]
    const referrer = `https://shop.example/thanks?em=ann@gmail.com&x=1`
    const masked = maskPerson({ ...hit, rawQuery, params, referrer }, false)
    expect(masked).toMatchObject({
      rawQuery: 'cid=1&Email=***&ph=***&txid=a%2fb',
      referrer: 'https://shop.example/thanks?em=***&x=1',
    })
    expect(masked.params).toEqual([
      ['cid', '1'],
      ['Email', '***'],
      ['ph', '***'],
      ['txid', 'a/b'],
    ])
  })

  it.each([
    [
      'params',
      [
        ['user_email', 'jane@shop.example'],
        ['Customer-Email', 'JANE'],
        ['tel', '5550100'],
      ],
    ],
    ['params', [['url', 'https://shop.example/thanks?email=jane@shop.example&x=1']]],
    [
      'params',
      [
        ['p1', 'by jane@shop.example'],
        ['p2', 'jane%40shop.example'],
      ],
    ],
    ['rawQuery', 'cid=1&url=https%3A%2F%2Fshop.example%2F%3Femail%3Djane%40shop.example&jane@shop.example'],
    ['referrer', 'https://shop.example/thanks?e%6Dail=jane@shop.example#user_email=jane%40shop.example'],
    ['referrer', 'https://shop.example/u/jane@shop.example/done'],
    ['referrer', 'https://shop.example/?phone=5550100'],
  ] as const)('has neither addresses nor numbers in its %s %j', (field, value) => {
    const kept = maskPerson({ ...hit, [field]: value }, true)
    expect(JSON.stringify(kept)).not.toMatch(/jane|5550100/i)
    expect(JSON.stringify(kept)).toMatch(/\*\*\*|sha256:/)
    expect(maskPerson(kept, true)).toEqual(kept)
  })

  it('is judged by the same when it is judged again', () => {
    const params = [
      ['cid', 'a@b.example'],
      ['order_id', 'ann@shop.example'],
      ['aff_id', 'a@b.example'],
    ] as const
    const plain = { ...hit, params, rawQuery: 'order_id=ann@shop.example' }
    expect(maskPerson(plain, false)).toBe(plain)
  })

  it('of a long text without an address is read at once', () => {
    const text = 'a.'.repeat(100_000)
    const plain = { ...hit, params: [['p1', text] as const], referrer: `https://s.example/?x=${text}` }
    expect(maskPerson(plain, false)).toBe(plain)
  })

  it('is itself when it says nothing of a person', () => {
    const plain = { ...hit, rawQuery: 'cid=1', params: [['cid', '1'] as const] }
    expect(maskPerson(plain, true)).toBe(plain)
  })

  it('means the same person when it is read again', () => {
    const digits = fc.stringMatching(/^[1-9]\d{6,14}$/)
    fc.assert(
      fc.property(fc.emailAddress(), digits, (email, phone) => {
        const params = [['email', email] as const, ['phone', phone] as const]
        const rawQuery = new URLSearchParams({ email, phone }).toString()
        const kept = maskPerson({ ...hit, params, rawQuery }, true)
        const [[, keptEmail] = ['', ''], [, keptPhone] = ['', '']] = kept.params
        expect(toPerson({ email: keptEmail, phone: keptPhone })).toEqual(toPerson({ email, phone }))
        expect(Object.fromEntries(new URLSearchParams(kept.rawQuery))).toEqual(
          Object.fromEntries(kept.params),
        )
        expect(maskPerson(kept, true)).toEqual(kept)
        expect(JSON.stringify(kept)).not.toContain(email)
      }),
    )
  })
})
