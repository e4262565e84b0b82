/** What a lander of its own language does with a key: the form is that of docs/operating/lander-protection.md. */
export function phpSnippet(landerId: string): string {
  return `<?php
function is_open(string $lander, string $secret, string $key): bool {
  [$expiry, $mac] = explode('.', $key, 2) + ['', ''];
  $right = substr(hash_hmac('sha256', "$lander.$expiry", $secret), 0, 32);
  return ctype_digit($expiry) && (int) $expiry >= time() && hash_equals($right, $mac);
}
if (!is_open('${landerId}', 'SECRET', (string) ($_GET['k'] ?? ''))) {
  http_response_code(404);
  exit;
}`
}

export function nodeSnippet(landerId: string): string {
  return `import { createHmac, timingSafeEqual } from 'node:crypto'

const LANDER = '${landerId}'

export function isOpen(secret, key) {
  const [, expiry = '', mac = ''] = /^(\\d{1,12})\\.([0-9a-f]{32})$/.exec(key) ?? []
  const right = createHmac('sha256', secret).update(\`\${LANDER}.\${expiry}\`).digest('hex').slice(0, 32)
  return mac !== '' && Number(expiry) * 1000 >= Date.now() && timingSafeEqual(Buffer.from(mac), Buffer.from(right))
}`
}

/** @param clickUrl of the lander: the tracking host is its beginning. */
export function keyCheckUrl(clickUrl: string, landerId: string): string {
  return `${new URL(clickUrl).origin}/tp/lander-key?lander=${landerId}&key=KEY`
}
