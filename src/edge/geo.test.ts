import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { NO_PLACE, openGeo } from './geo.ts'

const dir = mkdtempSync(join(tmpdir(), 'geo-'))
afterAll(() => {
  rmSync(dir, { recursive: true })
})

/** Encodes strings, numbers, arrays and maps of the MaxMind DB format; enough for databases made by hand. */
function encode(value: unknown): Buffer {
  if (typeof value === 'string')
    return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return Buffer.concat([control(6, 4), bytes])
  }
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)])
  const entries = Object.entries(value as object)
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([key, item]) => [encode(key), encode(item)]),
  ])
}

/** Sizes of 29 and more take another byte; types beyond 7 follow the control byte. */
function control(type: number, size: number): Buffer {
  const high = type > 7 ? 0 : type << 5
  const bytes = [high | Math.min(size, 29)]
  if (type > 7) bytes.push(type - 7)
  if (size >= 29) bytes.push(size - 29)
  return Buffer.from(bytes)
}

/** The first record of a tree of one node. */
const FIRST_RECORD = 1 + 16

/** An IPv6 tree of one node whose both sides are the same record: every address has it. */
function writeDatabase(
  name: string,
  recordBits: 24 | 28 | 32,
  record: object,
  pointer = FIRST_RECORD,
): string {
  const node = Buffer.alloc(recordBits / 4)
  if (recordBits === 32) {
    node.writeUInt32BE(pointer, 0)
    node.writeUInt32BE(pointer, 4)
  } else {
    node.writeUIntBE(pointer, 0, 3)
    node.writeUIntBE(pointer, recordBits === 28 ? 4 : 3, 3)
  }
  const metadata = { node_count: 1, record_size: recordBits, ip_version: 6 }
  const marker = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1')
  const path = join(dir, name)
  writeFileSync(path, Buffer.concat([node, Buffer.alloc(16), encode(record), marker, encode(metadata)]))
  return path
}

describe('geo', () => {
  it('finds country, region and city in the packaged database, for IPv4 and IPv6', () => {
    const geo = openGeo('', '')
    expect(geo.find('81.2.69.142')).toMatchObject({
      country: 'GB',
      region: 'England',
      city: 'London',
      isp: '',
    })
    expect(geo.find('2001:4860:4860::8888')).toMatchObject({ country: 'CA', city: 'Montreal' })
    expect(geo.find('81.2.69.142').json).toBe(',"country":"GB","region":"England","city":"London"')
    geo.close()
  })

  it('has no place for what is no public address, and never throws', () => {
    const geo = openGeo('', '')
    for (const text of [
      '',
      '10.0.0.1',
      '127.0.0.1',
      '::1',
      'unknown',
      '1.2.3',
      '1.2.3.4.5',
      '300.1.1.1',
      '::g',
      '1..2.3',
    ]) {
      expect(geo.find(text), text).toEqual(NO_PLACE)
    }
    geo.close()
  })

  it.each([24, 28, 32] as const)(
    'reads GeoIP2-like databases of the operator with %d-bit records',
    (bits) => {
      const longName = `Vila ${'Nova '.repeat(20)}`
      const city = writeDatabase(`city-${bits}.mmdb`, bits, {
        country: { iso_code: 'PT', names: { en: 'Portugal' } },
        subdivisions: [{ iso_code: '13', names: { de: 'x', en: 'Porto' } }],
        city: { names: { en: longName } },
      })
      const asn = writeDatabase(`asn-${bits}.mmdb`, bits, {
        autonomous_system_number: 1,
        autonomous_system_organization: 'Example Networks',
      })
      const geo = openGeo(city, asn)
      for (const address of ['1.2.3.4', '2001:db8::1']) {
        expect(geo.find(address)).toMatchObject({
          country: 'PT',
          region: 'Porto',
          city: longName,
          isp: 'Example Networks',
          asn: '1',
          connectionType: '',
        })
      }
      geo.close()
    },
  )

  it.each([
    [
      'known-number',
      { autonomous_system_number: 16_509, autonomous_system_organization: 'AMAZON-02' },
      '16509',
    ],
    ['known-word', { autonomous_system_number: 1, autonomous_system_organization: 'Best VPS Ltd' }, '1'],
    ['flat', { asn: 'AS24940', as_name: 'Hetzner Online GmbH' }, '24940'],
  ])('tells a datacenter by its network: %s', (name, record, asn) => {
    const geo = openGeo('', writeDatabase(`${name}.mmdb`, 24, record))
    expect(geo.find('81.2.69.142')).toMatchObject({ city: 'London', asn, connectionType: 'datacenter' })
    expect(geo.find('81.2.69.142').json).toContain(`,"asn":"${asn}","connection_type":"datacenter"`)
    geo.close()
  })

  it('counts a record that the file does not hold as unknown', () => {
    const path = writeDatabase('damaged.mmdb', 24, {}, 0xff_ff_f0)
    const geo = openGeo(path, '')
    expect(geo.find('1.2.3.4')).toMatchObject({ country: '', city: '' })
    geo.close()
  })
})
