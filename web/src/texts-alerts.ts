/** The words of alerts, whom they are told to, and how long things are kept. */
export const alertTexts = {
  title: 'Alerts',
  lead: 'What goes wrong without anybody looking: targets that fail, hits that find no visit, caps that are full.',
  settings: 'Channels and settings',
  emptyTitle: 'All is well',
  emptyText: 'Nothing needs your attention. Choose in the settings who is told when something does.',
  nothingTitle: 'Nothing here',
  nothingText: 'No alert is like that.',
  states: { open: 'Open', resolved: 'Resolved', all: 'All' },
  state: 'Which alerts',
  kinds: {
    target_failing: 'Target fails',
    target_disabled: 'Target switched off',
    delivery_lag: 'Deliveries late',
    journal_lag: 'Reports behind',
    unmatched_rate: 'Unmatched hits',
    conversion_rate: 'Conversion rate',
    cap_reached: 'Cap reached',
  },
  /** What to do about each. */
  advice: {
    target_failing:
      'Open its deliveries and look at what its receiver answers. Once that is mended, send again what was given up.',
    target_disabled: 'Correct its URL or credentials, switch it on, and send again what was given up.',
    delivery_lag: 'Look at what waits. A receiver that is slow holds up its own deliveries alone.',
    journal_lag:
      'Reports catch up by themselves. When it lasts, look at the system’s status in the settings.',
    unmatched_rate: 'The inbox says why hits find no visit. Mend the cause, then try them again.',
    conversion_rate:
      'Compare the days in the report: the offer’s page, a broken postback and other traffic are the usual causes.',
    cap_reached: 'Raise the cap, or send the campaign’s visitors to another offer until it is free again.',
  },
  todo: 'What to do',
  opened: (time: string) => `Since ${time}`,
  resolved: (from: string, to: string) => `${from} to ${to}`,
  told: (time: string) => `Told ${time}`,
  untold: 'Nobody is told yet',
  look: 'Look closer',
  who: 'Who was told',
} as const

export const channelTexts = {
  title: 'Channels',
  lead: 'Who is told when an alert opens, goes on for long, and is over.',
  create: 'New channel',
  change: 'Change',
  changeTitle: 'Alert channel',
  emptyTitle: 'Nobody is told yet',
  emptyText: 'Alerts stand in the dashboard alone. Add a channel: Slack, Telegram, a webhook or e-mail.',
  system: 'By',
  systems: { slack: 'Slack', telegram: 'Telegram', webhook: 'Webhook', email: 'E-mail' },
  to: 'To',
  noMail: 'This installation can not send e-mail: its operator sets TRAILPOST_SMTP_URL.',
  delete: 'Remove',
  deleteAsk: 'It is told no more. What waits for it is cancelled.',
  test: 'Test',
  testTitle: 'Test of the channel',
  testLead: 'Sends one message that says it is a test.',
  send: 'Send a test message',
  keyReady: 'Its secret',
  keyReadyHint:
    'Copy it now: it is shown only this once. It checks the signature of each call (Standard Webhooks).',
  keyDone: 'I have copied it',
} as const

export const alertSettingsTexts = {
  title: 'What is told',
  kinds: 'Tell of',
  kindsHint: 'Others stand in the list of alerts alone.',
  quietFrom: 'Quiet from',
  quietTo: 'Quiet until',
  quietHint: (zone: string) => `In ${zone}. What comes meanwhile is told at its end, in one message.`,
  thresholds: 'From when on',
  targetFailingMinutes: 'A target fails for, minutes',
  deliveryLagMinutes: 'A delivery is late by, minutes',
  journalLagSeconds: 'Reports are behind by, seconds',
} as const

export const retentionTexts = {
  lead: 'Counts and money are kept for ever. What only explains them may go.',
  attemptDays: 'Requests and answers of deliveries, days',
  hitDays: 'Requests of hits, days',
  paramDays: 'Query parameters of visits, days',
  forever: '0: for ever.',
  size: 'All of these together, MB',
  sizeHint: 'Beyond it the oldest requests go before their time. 0: no limit.',
  kept: 'What is kept',
  person: 'Addresses and browsers of visitors',
  personAside: 'IP address and user agent of visits and hits.',
  mode: 'Once they are old',
  modes: {
    keep: 'Keep them as they are',
    truncate: 'Shorten them: /24 or /48, and the browser with its major version',
    hash: 'Hash them, with a key of each month',
  },
  personalDataDays: 'Old after, days',
} as const
