import { join } from 'node:path';
import { type Download, type FindOptions, findProgram, run } from '@plinth/dev-databases/programs';

const version = '0.203.0';

/** Go verifies the sources by the checksum database. */
const goInstall: Download = {
  from: 'the Go module proxy',
  name: `stripe-mock-${version}`,
  run: async ({ env, work }) => {
    const source = `github.com/stripe/stripe-mock@v${version}`;
    await run(['go', 'install', source], { env: { ...env, GOBIN: work }, timeout: 600_000 });
    return join(work, 'stripe-mock');
  },
};

/** Returns the path of stripe-mock. @throws when there is none and Go cannot build it, with what to do. */
export const findStripeMock = (options: FindOptions): Promise<string> =>
  findProgram(
    {
      names: ['stripe-mock'],
      downloads: [goInstall],
      advice:
        'install Go, or install stripe-mock so that it is on PATH, and let this machine reach the Go module proxy',
    },
    options,
  );
