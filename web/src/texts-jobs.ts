/** The words of work that takes long and goes on while nobody looks. */
export const jobsTexts = {
  title: 'Jobs',
  lead: 'Work that takes long: it goes on when you leave the page. Here you find it again, see what came of it, and stop it.',
  kind: 'Kind',
  anyKind: 'Any kind',
  state: 'State',
  anyState: 'Any state',
  kinds: {
    conversion_upload: 'Upload of conversions',
    bulk_status: 'Status of many conversions',
    reconciliation: 'Reconciliation',
    replay_deliveries: 'Deliveries sent again',
    cancel_deliveries: 'Deliveries cancelled',
    fraud_rerun: 'Fraud rule for past visits',
    invoice_run: 'Invoice run',
  },
  states: {
    waiting: 'Waiting',
    running: 'Running',
    done: 'Done',
    failed: 'Failed',
    cancelled: 'Stopped',
  },
  said: { working: 'Working…', done: 'Done' },
  started: (time: string, name: string) => `Started ${time} by ${name}`,
  ended: (time: string) => `ended ${time}`,
  /** What came of it, by the names of the API; outcomes of hits have words of their own. */
  results: {
    changed: 'Changed',
    refused: 'Refused',
    unchanged: 'Unchanged',
    visits: 'Visits changed',
    invoices: 'Invoices drafted',
  },
  nothing: 'Nothing had to be done.',
  stopped: (done: string) => `${done} were done before it was stopped, and stay so.`,
  emptyTitle: 'No jobs yet',
  emptyText:
    'Uploads, changes of many conversions, deliveries sent again and invoice runs appear here as soon as one is started.',
} as const
