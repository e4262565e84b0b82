import { describe, expect, it } from 'vitest'
import { LIMITS } from '../domain/limits.ts'
import { joinParams, parseHitBody } from './hit-body.ts'
import { parseQuery } from './query.ts'

function read(body: string, contentType: string): unknown {
  const parsed = parseHitBody(Buffer.from(body), contentType)
  if (!parsed.ok) return parsed.problem
  return parsed.query.names.map((name, index) => [name, parsed.query.values[index]])
}

describe('the body of a postback', () => {
  it('is read as a form, also without a type', () => {
    const expected = [
      ['cid', 'x'],
      ['payout', '1.50'],
    ]
    expect(read('cid=x&payout=1.50', 'application/x-www-form-urlencoded; charset=UTF-8')).toEqual(expected)
    expect(read('cid=x&payout=1.50\r\n', '')).toEqual(expected)
    expect(read('n=Jürgen', 'application/x-www-form-urlencoded')).toEqual([['n', 'Jürgen']])
  })

  it('is read as what it holds when a browser sent it as text', () => {
    expect(read('cid=x', 'text/plain;charset=UTF-8')).toEqual([['cid', 'x']])
    expect(read('{"cid":"x"}', 'text/plain')).toEqual([['cid', 'x']])
  })

  it('is read as JSON with numbers exactly as written', () => {
    expect(
      read(
        '{"txid":12345678901234567890,"payout":10.10,"test":true,"none":null,"o":{"a":1.0}}',
        'application/json',
      ),
    ).toEqual([
      ['txid', '12345678901234567890'],
      ['payout', '10.10'],
      ['test', 'true'],
      ['o', '{"a":"1.0"}'],
    ])
    expect(read('{"__proto__":"x"}', 'application/vnd.api+json')).toEqual([['__proto__', 'x']])
  })

  it.each([
    ['{"a":', 'application/json', /not valid JSON/],
    ['[1]', 'application/json', /not an object/],
    ['"x"', 'application/json', /not an object/],
    ['['.repeat(60_000), 'application/json', /not valid JSON/],
    [`{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 'application/json', /not valid JSON/],
    ['<x/>', 'text/xml', /text\/xml/],
    ['x', 'multipart/form-data; boundary=x', /multipart/],
  ])('%.20s of type %s is refused with a reason', (body, type, problem) => {
    expect(read(body, type)).toMatch(problem)
  })

  it('may be empty, whatever its type', () => {
    expect(read('', 'text/xml')).toEqual([])
  })

  it('is limited like a query', () => {
    const big = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`k${n}`, 'v'.repeat(2_000)]))
    const parsed = parseHitBody(Buffer.from(JSON.stringify(big)), 'application/json')
    expect(parsed.ok && parsed.query.names.length).toBe(LIMITS.paramsMax)
    expect(parsed.ok && parsed.query.values[0]?.length).toBe(LIMITS.paramValueCharsMax)
    const joined = joinParams(parseQuery('cid=1'), parsed.ok ? parsed.query : parseQuery(''))
    expect(joined).toHaveLength(LIMITS.paramsMax)
    expect(joined[0]).toEqual(['cid', '1'])
  })
})
