import { StartupError } from '@plinth/data-kit';
import { createDemoToken } from './demo-token.ts';
import { getDemoUser } from './users.ts';

type TokenParties = { readonly issuer: string; readonly audience: string };

const createRows = (url: string): readonly (readonly [string, string])[] => [
  ['API', `${url}/v1/users`],
  ['Reference', `${url}/openapi.json`],
  ['Ready', `${url}/health/ready`],
];

const createFirstRequest = async (url: string, parties: TokenParties): Promise<readonly string[]> => {
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
    // Only the example request fails; the platform runs.
    if (!(error instanceof StartupError)) throw error;
    return [error.message];
  }
};

/** Creates the text that `npm start` prints when the platform is ready: its URLs and a request to paste. */
export const createAnnouncement = async (url: string, parties: TokenParties): Promise<string> => {
  const table = createRows(url).map(([name, address]) => `  ${name.padEnd(10)} ${address}`);
  return ['', 'Plinth is running.', '', ...table, '', ...(await createFirstRequest(url, parties)), '', ''].join('\n');
};
