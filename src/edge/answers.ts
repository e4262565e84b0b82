import type { Exchange, HeaderList } from './exchange.ts'

const NO_STORE: HeaderList = ['Cache-Control', 'no-store']
const TEXT_HEADERS: HeaderList = [
  ...NO_STORE,
  'Content-Type',
  'text/plain; charset=utf-8',
  'X-Content-Type-Options',
  'nosniff',
]

/** Also the image of a hit or impression: always valid, whatever became of the request. */
export const TRANSPARENT_GIF = Buffer.from(
  'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7',
  'base64',
)
export const GIF_HEADERS: HeaderList = [...NO_STORE, 'Content-Type', 'image/gif']

/** A plain page that names what is wrong. */
export function sendText(exchange: Exchange, status: number, text: string, headers: HeaderList = []): void {
  exchange.send(status, [...TEXT_HEADERS, ...headers], `${text}\n`)
}

/** @param allowed the methods that the path knows, as the Allow header lists them. */
export function sendMethodNotAllowed(exchange: Exchange, allowed: string): void {
  sendText(exchange, 405, 'method not allowed', ['Allow', allowed])
}

export function sendJson(exchange: Exchange, status: number, body: object, headers: HeaderList = []): void {
  exchange.send(
    status,
    [...NO_STORE, 'Content-Type', 'application/json; charset=utf-8', ...headers],
    `${JSON.stringify(body)}\n`,
  )
}
