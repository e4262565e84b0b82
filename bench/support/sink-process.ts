import { createServer, type RequestListener, type Server } from 'node:http'

/**
 * A receiver of deliveries on loopback with several addresses, each a host of its own to the sender: says OK at once,
 * or never anything on the last `silent` ones, and tells how many calls it has answered when asked.
 */
const [hosts = '1', silent = '0'] = process.argv.slice(2)
let answered = 0

const answer: RequestListener = (request, response) => {
  answered += 1
  request.resume()
  response.end('OK')
}
const port = await listen(createServer(answer), '127.0.0.1', 0)
for (let n = 2; n <= Number(hosts); n++) {
  const isSilent = n > Number(hosts) - Number(silent)
  await listen(createServer(isSilent ? () => {} : answer), `127.0.0.${n}`, port)
}
process.send?.(port)
process.on('message', () => process.send?.(answered))
process.once('disconnect', () => process.exit())

function listen(server: Server, host: string, wanted: number): Promise<number> {
  return new Promise((resolve) => {
    server.listen(wanted, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}
