import { createServer } from 'node:http'

/** The reference: what node:http alone makes of a 302, with the headers a redirect of ours has. */
const server = createServer((_request, response) => {
  response.writeHead(302, {
    Location: 'https://offer.example/landing?s2=0123456789abcdefghjkmnpqrs',
    'Cache-Control': 'no-store',
    'Content-Length': 0,
  })
  response.end()
})
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', reusePort: true }, () => {
  process.send?.('listening')
})
