import { StartupError } from '@plinth/data-kit';
import { createDemoToken } from './demo-token.ts';
import { getDemoUser } from './users.ts';

type Parties = { readonly issuer: string; readonly audience: string };

const createRows = (url: string): readonly (readonly [string, string])[] => [
  ['API', `${url}/v1/users`],
  ['Reference', `${url}/openapi.json`],
  ['Ready', `${url}/health/ready`],
];

const firstRequest = async (url: string, parties: Parties): Promise<readonly string[]> => {
  try {
    const token = await createDemoToken(getDemoUser('acme', 'owner'), parties);
    return [
      'List the users of the demo organization acme (the token expires after 15 minutes):',
      '',
      `curl -H 'Authorization: Bearer ${token}' ${url}/v1/users`,
      '',
      'Another token: npm run token -- --tenant globex --role viewer',
    ];
  } catch (error) {
    // The platform works without this request.
    if (!(error instanceof StartupError)) throw error;
    return [error.message];
  }
};

/** Creates the text that `npm start` prints at the end: the addresses and a request that works as pasted. */
export const createAnnouncement = async (url: string, parties: Parties): Promise<string> => {
  const table = createRows(url).map(([name, address]) => `  ${name.padEnd(10)} ${address}`);
  return ['', 'Plinth is running.', '', ...table, '', ...(await firstRequest(url, parties)), '', ''].join('\n');
};
