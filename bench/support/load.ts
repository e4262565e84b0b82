import { recordedVisitor } from '../../src/cli/demo/recorded-visitors.ts'
import { askProcess } from './ask-process.ts'
import type { LoadPlan, LoadResult } from './load-process.ts'

/** Runs the load generator in a process of its own and returns what it saw. */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  // The process sends nothing else.
  return (await askProcess(new URL('./load-process.ts', import.meta.url), plan)) as LoadResult
}

const VARIANTS = 500

/** Request heads as browsers send them, with recorded user agents, languages and addresses; cookies[n] is the n-th's. */
export function visitRequests(
  path: (n: number) => string,
  count = VARIANTS,
  cookies: readonly string[] = [],
): string[] {
  return Array.from({ length: count }, (_, n) => {
    const visitor = recordedVisitor(n)
    const cookie = cookies[n] ?? ''
    return [
      `GET ${path(n)} HTTP/1.1`,
      'Host: localhost',
      `User-Agent: ${visitor.userAgent}`,
      'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      `Accept-Language: ${visitor.language}`,
      `X-Forwarded-For: ${visitor.ip}`,
      ...(cookie === '' ? [] : [`Cookie: ${cookie}`]),
      'Connection: keep-alive',
      '\r\n',
    ].join('\r\n')
  })
}
