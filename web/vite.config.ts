import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The API that `npm start` serves; `vite web` proxies to it so that the dashboard can be worked on live. */
const API_URL = 'http://localhost:8081'

export default defineConfig({
  plugins: [react()],
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
  },
  server: { proxy: { '/api': API_URL } },
})
