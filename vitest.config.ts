import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Stores, engines and browsers are real here; two at a time is what a 2-core machine bears.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // chDB is a native engine with threads of its own: it belongs in a process, not in a worker thread.
    pool: 'forks',
  },
})
