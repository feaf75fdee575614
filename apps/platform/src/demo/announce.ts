import { StartupError } from '@plinth/data-kit';
import { demoToken } from './demo-token.ts';
import { demoPerson } from './people.ts';

type Parties = { readonly issuer: string; readonly audience: string };

const rowsOf = (url: string): readonly (readonly [string, string])[] => [
  ['API', `${url}/v1/users`],
  ['Reference', `${url}/openapi.json`],
  ['Ready', `${url}/health/ready`],
];

const firstRequest = async (url: string, parties: Parties): Promise<readonly string[]> => {
  try {
    const token = await demoToken(demoPerson('acme', 'owner'), parties);
    return [
      'Ask for the people of the demo organization acme (the token lives for 15 minutes):',
      '',
      `curl -H 'Authorization: Bearer ${token}' ${url}/v1/users`,
      '',
      'Another token: npm run token -- --tenant globex --role viewer',
    ];
  } catch (error) {
    // The platform serves without it, so this is no reason to end.
    if (!(error instanceof StartupError)) throw error;
    return [error.message];
  }
};

/** The text that `npm start` ends with: where everything is, and a request that works as pasted. */
export const announcement = async (url: string, parties: Parties): Promise<string> => {
  const table = rowsOf(url).map(([name, address]) => `  ${name.padEnd(10)} ${address}`);
  return ['', 'Plinth is running.', '', ...table, '', ...(await firstRequest(url, parties)), '', ''].join('\n');
};
