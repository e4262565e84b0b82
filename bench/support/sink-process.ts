import { createServer } from 'node:http'

/** A receiver of deliveries on loopback that says OK at once, and tells how many calls it has had when asked. */
let calls = 0

const server = createServer((request, response) => {
  calls += 1
  request.resume()
  response.end('OK')
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.(typeof address === 'object' && address !== null ? address.port : 0)
})
process.on('message', () => process.send?.(calls))
process.once('disconnect', () => process.exit())
