/** The entrypoints of the hosts. Each host has the users module. */
export const entrypoints = {
  platform: new URL('../src/main.ts', import.meta.url),
  'svc-users': new URL('../../svc-users/src/main.ts', import.meta.url),
} as const;
