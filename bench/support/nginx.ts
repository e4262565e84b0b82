import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../src/cli/demo/installation.ts'
import { childrenOf, cpuSeconds } from './process-cost.ts'
import type { Servers } from './servers.ts'

/** `nginx return 302` with the given number of workers; undefined where nginx is not installed. */
export async function startNginx(workers: number): Promise<Servers | undefined> {
  if (spawnSync('nginx', ['-v']).error !== undefined) return undefined
  const dir = mkdtempSync(join(tmpdir(), 'trailpost-nginx-'))
  const port = await freePort()
  const config = join(dir, 'nginx.conf')
  writeFileSync(
    config,
    `worker_processes ${workers}; daemon off; pid ${dir}/pid; error_log ${dir}/error.log;
     events { worker_connections 1024; }
     http {
       access_log off; keepalive_requests 1000000000;
       server { listen 127.0.0.1:${port}; location / { add_header Cache-Control no-store; return 302 https://offer.example/landing?s2=0123456789abcdefghjkmnpqrs; } }
     }`,
  )
  const child = spawn('nginx', ['-p', dir, '-c', config, '-e', `${dir}/error.log`], { stdio: 'ignore' })
  const pid = child.pid ?? 0
  await new Promise((resolve) => setTimeout(resolve, 500))
  return {
    port,
    cpuSeconds: () => childrenOf(pid).reduce((sum, worker) => sum + cpuSeconds(worker), 0),
    [Symbol.asyncDispose]: async () => {
      const exited = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await exited
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
