/**
 * How long a delivery stays with a worker that died, milliseconds: until then nobody else sends it, and only within
 * this time after its last call can a duplicate follow. Live workers renew theirs.
 */
export const LEASE_MS = 30_000
