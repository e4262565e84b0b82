import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { getCACertificates, setDefaultCACertificates, type TlsOptions } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Resolve } from '../../src/delivery/guard.ts'
import { Receivers } from '../support/receivers.ts'

/**
 * `ca` signed the others, from 2020 to 2120, `expired` for one day; its key is thrown away. All have the key of
 * localhost-cert.pem, which signed itself.
 */
const read = (name: string) => readFileSync(new URL(`../support/${name}.pem`, import.meta.url), 'utf8')
const KEY = read('localhost-key')

const receivers = new Receivers()
const asLoopback: Resolve = (_hostname, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }])

const known = getCACertificates('default')
beforeAll(() => setDefaultCACertificates([...known, read('tls/ca-cert')]))
afterAll(() => setDefaultCACertificates(known))
afterEach(() => receivers.close())

/** Calls an HTTPS server as localhost, and tells what it was asked. */
async function call(options: TlsOptions) {
  const asked: string[] = []
  const server = createServer({ key: KEY, ...options }, (request, response) => {
    asked.push(request.url ?? '')
    response.end('OK')
  })
  server.on('tlsClientError', () => {})
  const url = (await receivers.listen(server)).replace('http://127.0.0.1', 'https://localhost')
  const result = await receivers.send({ url: `${url}/pb?secret=1` }, { resolve: asLoopback })
  server.closeAllConnections()
  return { result, asked }
}

describe('a call over TLS', () => {
  it('arrives where the certificate is right', async () => {
    const { result, asked } = await call({ cert: read('tls/trusted-cert') })
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 200, body: 'OK' } })
    expect(asked).toEqual(['/pb?secret=1'])
  })

  it.each([
    ['has expired', { cert: read('tls/expired-cert') }],
    ['signed itself', { cert: read('localhost-cert') }],
    ['is of another host', { cert: read('tls/other-host-cert') }],
  ])('sends nothing where the certificate %s', async (_what, options) => {
    const { result, asked } = await call(options)
    expect(result).toMatchObject({ kind: 'failed', code: 'tls', forGood: false })
    expect(asked).toEqual([])
  })

  it('sends nothing where only TLS 1.1 is spoken', async () => {
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    const { result, asked } = await call({ cert: read('tls/trusted-cert'), ...old })
    expect(result).toMatchObject({ kind: 'failed', code: 'tls' })
    expect(asked).toEqual([])
  })

  it('is verified whatever the process was told', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
    try {
      const { result, asked } = await call({ cert: read('localhost-cert') })
      expect(result).toMatchObject({ kind: 'failed', code: 'tls' })
      expect(asked).toEqual([])
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    }
  })
})
