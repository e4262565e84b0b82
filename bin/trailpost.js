#!/usr/bin/env node
// Plain JavaScript on purpose: an older Node must be able to read this file to be told what is wrong.
const NODE_MAJOR_MIN = 24

const major = Number(process.versions.node.split('.')[0])
if (major < NODE_MAJOR_MIN) {
  process.stderr.write(
    `Trailpost needs Node.js ${NODE_MAJOR_MIN} or newer, and this is ${process.version}: start it with "npm start" (npm ci brings the right Node) or install Node.js ${NODE_MAJOR_MIN}.\n`,
  )
  process.exit(1)
}

await import('../src/cli/main.ts')
