import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compress } from './build/compress.ts';
import { evaluate } from './build/evaluate.ts';

export default defineConfig({
  plugins: [evaluate(/\/src\/(?:api\/operations|orders\/lifecycle)\.ts$/), react(), tailwindcss(), compress()],
  build: {
    manifest: true,
    // An inlined image would need `data:` in the policy of every host that serves the files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:3000', '/demo': 'http://127.0.0.1:3000' } },
});
