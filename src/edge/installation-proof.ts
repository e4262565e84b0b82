import { createHmac } from 'node:crypto'

/** What only a process with the instance's secret can answer to a number that was made up a moment ago. */
export type ProofOf = (nonce: string) => string

/** @param secret the instance's secret. */
export function createProofOf(secret: Uint8Array): ProofOf {
  // A key of its own, so that no answer given here means anything elsewhere.
  const key = createHmac('sha256', secret).update('trailpost installation proof').digest()
  return (nonce) => createHmac('sha256', key).update(nonce).digest('hex')
}
