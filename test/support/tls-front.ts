import { readFileSync } from 'node:fs'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/**
 * A certificate for localhost and *.localhost, signed by itself; its key is no secret and opens nothing. Made by
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 36500 -nodes -subj '/CN=Trailpost tests'
 * -addext 'subjectAltName=DNS:localhost,DNS:*.localhost'`.
 */
const CERTIFICATE = {
  cert: readFileSync(new URL('./localhost-cert.pem', import.meta.url)),
  key: readFileSync(new URL('./localhost-key.pem', import.meta.url)),
}

export type TlsFront = { readonly port: number; close(): Promise<void> }

/**
 * Ends TLS in front of servers on loopback, as a reverse proxy does, and says so in X-Forwarded-Proto.
 * @param portOf the server behind a host name.
 */
export async function startTlsFront(portOf: (hostname: string) => number): Promise<TlsFront> {
  const server = createServer(CERTIFICATE, (incoming, response) => {
    const hostname = (incoming.headers.host ?? '').replace(/:\d+$/, '')
    pass(incoming, response, portOf(hostname))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port, // it listens on TCP
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function pass(incoming: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers } = incoming
  const onward = request({
    host: '127.0.0.1',
    port,
    method,
    path: url,
    headers: { ...headers, 'x-forwarded-proto': 'https' },
  })
  onward.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  onward.once('error', () => response.writeHead(502).end())
  incoming.pipe(onward)
}
