import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Stores, engines and browsers are real here; two at a time is what a 2-core machine bears.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // chDB is a native engine with threads of its own: it belongs in a process, not in a worker thread.
    pool: 'forks',
    // What a kind of test needs is made once for all of its files, and not at all for the others.
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts', 'test/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'stores',
          include: ['test/{contract,crash}/*.test.ts'],
          globalSetup: 'test/support/set-up-databases.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/e2e/*.test.ts'],
          // Of some thousand steps one now and then races with a busy machine: its test is tried once again, and says so.
          retry: 1,
          // What a busy machine shows later is awaited as long as what a step of a browser waits for.
          expect: { poll: { timeout: 20_000 } },
          globalSetup: ['test/support/set-up-dashboard.ts', 'test/support/set-up-databases.ts'],
        },
      },
    ],
  },
})
