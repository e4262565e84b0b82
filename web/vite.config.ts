import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** The API that `npm start` serves; `vite web` proxies to it so that the dashboard can be worked on live. */
const API_URL = 'http://localhost:8081'

/** Pictures are small already. */
const COMPRESSED = /\.(js|css|html|svg)$/

/** Beside each file its gzip, which core serves as it is: nothing is compressed while somebody waits. */
function compressed(): Plugin {
  return {
    name: 'trailpost-compressed',
    writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle).filter((each) => COMPRESSED.test(each))) {
        const file = join(dir, name)
        writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }))
      }
    },
  }
}

export default defineConfig({
  plugins: [react(), compressed()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Browsers of 2024 on: they know light-dark(), which would otherwise be rewritten into something Mantine's
    // own color scheme does not drive.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    // Nothing inline: the dashboard's CSP allows own files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    // A browser fetches six files at a time: sixty small ones kept a screen back for longer than all of their code.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // All that stands before the first screen.
            { name: 'first', test: /web\/src\/main\.tsx$/, priority: 2 },
            // What many screens are made of.
            { name: 'kit', minShareCount: 8, priority: 1 },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': API_URL } },
})
