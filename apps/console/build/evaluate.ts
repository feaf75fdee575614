import type { Plugin } from 'vite';

/**
 * Runs modules at build time and bundles the values of their exports as JSON: the browser receives a table that was derived from
 * the contracts, and neither the contracts nor zod.
 */
export const evaluate = (modules: RegExp): Plugin => ({
  name: 'evaluate',
  enforce: 'pre',
  load: {
    filter: { id: modules },
    handler: async (id) => {
      // oxlint-disable-next-line import/no-dynamic-require -- the id is that of a module of the console
      const exports = (await import(id)) as Readonly<Record<string, unknown>>;
      return Object.entries(exports)
        .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
        .join('\n');
    },
  },
});
