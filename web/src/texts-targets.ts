import { RETRY } from './retry-words.ts'

/** The words of notification targets: whom we tell of conversions, and how they are. */
export const targetPageTexts = {
  title: 'Notification targets',
  lead: 'Whom you tell of conversions, and how it goes. Targets are made on a traffic source or a campaign.',
  emptyTitle: 'Nobody is told yet',
  emptyText:
    'Give a traffic source or a campaign a target: a postback URL, or a system such as Meta or Google Ads.',
  toSources: 'Open traffic sources',
  one: 'Notification target',
  create: 'New notification target',
  owner: 'Of',
  target: 'Target',
  status: 'Status',
  health: 'Health',
  statuses: { active: 'Active', paused: 'Paused', disabled: 'Disabled' },
  statusHints: {
    active: 'It is told of conversions.',
    paused: 'Deliveries are made and wait until it goes on.',
    disabled: 'No deliveries are made.',
  },
  disabledBy: (reason: string) => `Switched off by itself: ${reason}`,
  owners: { traffic_source: 'Traffic source', campaign: 'Campaign', affiliate: 'Affiliate' },
  well: (time: string) => `Last success ${time}`,
  neverCalled: 'Not called yet',
  failing: (time: string, count: number) =>
    `Failing since ${time}, ${count === 1 ? 'one call' : `${count} calls`} in a row`,
  lastError: (error: string) => `Last error: ${error}`,
  unreadable:
    'Its secrets were sealed under another TRAILPOST_SECRET. Nothing is sent until they are given again.',
  pause: 'Pause',
  resume: 'Resume',
  enable: 'Switch on',
  log: 'Its deliveries',
  change: 'Change',
  add: 'Add a target',
  ofCampaign: 'Whom this campaign tells',
  ofCampaignAside: 'Beside what its traffic source calls. Each has its own conditions.',
  noneOfCampaign: 'Nobody besides its traffic source is told.',
  remove: 'Remove',
  removeAsk: 'It is told no more. What waits for it is cancelled; its log stays.',
  whenItFails: 'When a call fails',
  whenItFailsAside: 'How often it is tried again, and when the target is switched off.',
  failureRules: [
    `Everything but a 2xx is tried again after ${RETRY.waits}, give or take a fifth. After ${RETRY.attempts} attempts the delivery is given up; it can be sent again by hand.`,
    `A Retry-After in the answer is kept, up to ${RETRY.retryAfterMax}.`,
    `A target that fails for ${RETRY.failingMax} is switched off by itself, and an alert says so. What waits is kept, and goes out when it is switched on again.`,
    `An answer of ${RETRY.goneStatus} (gone) switches it off at once, and what waits for it is cancelled.`,
    `A host that fails ${RETRY.hostFailures} times in a row is left alone for ${RETRY.coolDown}, then for longer, up to ${RETRY.coolDownMax}. That takes no attempts away: what goes to it waits.`,
  ],
  affiliates: 'An affiliate’s own; only its status can be changed here.',
} as const

export const targetFieldTexts = {
  system: 'Tells',
  plain: 'A URL of your own',
  systemHint: 'A system is told by its own API; you give it ids and keys in place of a URL.',
  docs: 'Its documentation',
  baseUrl: 'Address',
  url: 'URL',
  kept: 'Set. Leave it empty to keep it.',
  needs: {
    title: (system: string) => `What ${system} takes`,
    params: (names: string, orPerson: boolean) =>
      orPerson
        ? `The visit’s link must carry ${names}, or the conversion an e-mail or phone; others are skipped.`
        : `The visit’s link must carry ${names}; other conversions are skipped.`,
    besides: (list: string) => `It also asks for ${list}.`,
    of: { email: 'an e-mail', phone: 'a phone', visitor: 'the visitor’s address and browser' },
    consent: 'E-mail and phone of a postback are passed on hashed, and only with consent=1.',
    once: (isTakenBack: boolean) =>
      isTakenBack
        ? 'Told once, when the conversion first earns, and once more when it is taken back.'
        : 'Told once, when the conversion first earns; a reversal is not told.',
    expires: (span: string) => `News is taken for ${span}.`,
  },
  wrongForm: 'does not have the right form',
  delivery: 'How it is called',
  limits: 'Limits',
  method: 'Method',
  body: 'Body',
  bodyHint: 'Macros in it are filled in and escaped for its type.',
  contentType: 'Type of the body',
  maxPerMinute: 'Calls in a minute, at most',
  maxConcurrent: 'Calls at once, at most',
  expireHours: 'Give up after, hours',
  noLimit: '0: no limit.',
  never: '0: never before its attempts are used up.',
  secret: 'Signing secret',
  secretHint: 'Signs each call by Standard Webhooks. Empty: unsigned.',
  status: 'Status',
} as const

export const testTexts = {
  do: 'Test',
  title: 'Test of the target',
  lead: 'Fires one marked conversion now. Nothing is recorded.',
  again: 'Test again',
  ok: (duration: string) => `It works: taken in ${duration}`,
  pixel: 'It works: the pixel was rendered',
  failed: 'The receiver did not take it',
  request: 'Sent',
  answer: (status: number) => `Answered with ${status}`,
  noAnswer: 'No answer came.',
  markup: 'Put into the page',
  saveFirst: 'Tests what is saved; save your changes first.',
} as const

export const rotateTexts = {
  do: 'New secret…',
  title: 'New signing secret',
  lead: 'Calls are signed with a new secret. The one before signs too for a while, so that you can change the receiver without losing a call.',
  overlap: 'The old one signs too for, hours',
  make: 'Make a new secret',
  keyReady: 'The new secret',
  keyReadyHint: 'Copy it now: it is shown only this once.',
  keyDone: 'I have copied it',
  until: (time: string) => `The secret before signs too until ${time}.`,
} as const

export const headerTexts = {
  title: 'Headers',
  hint: 'Sent with each call, e.g. the key of a receiver. Their values are kept secret and never shown again.',
  add: 'Add a header',
  header: (number: number) => `header ${number}`,
  name: (number: number) => `Name of header ${number}`,
  value: (number: number) => `Value of header ${number}`,
  valuePlaceholder: 'Value',
  kept: 'Set: leave empty to keep it',
  remove: (name: string) => `Remove ${name}`,
} as const
