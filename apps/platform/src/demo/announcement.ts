import { type Contract, getListItem } from '@plinth/contract-kit';
import { StartupError } from '@plinth/data-kit';
import { modules } from '../modules.ts';
import { createDemoToken } from './demo-token.ts';
import { getDemoUser } from './users.ts';

type TokenParties = { readonly issuer: string; readonly audience: string };

type AnnouncementOptions = TokenParties & { readonly hasConsole: boolean; readonly hasMail: boolean };

/** Returns the paths of the lists that clients begin with, one for each resource. */
const listPaths = (contracts: readonly Contract[]): string[] =>
  contracts.flatMap(({ routes }) =>
    Object.values(routes)
      .filter(({ method, params, query }) => method === 'GET' && !params && getListItem(query))
      .map(({ path }) => path),
  );

type RowOptions = Pick<AnnouncementOptions, 'hasConsole' | 'hasMail'>;

const createRows = (url: string, { hasConsole, hasMail }: RowOptions): readonly (readonly [string, string])[] => [
  ...(hasConsole ? [['Console', `${url}/`] as const] : []),
  ...listPaths(modules.flatMap(({ contracts }) => contracts)).map((path) => ['API', url + path] as const),
  ['Reference', `${url}/docs`],
  ...(hasMail ? [['Mail', `${url}/dev/mail`] as const] : []),
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
export const createAnnouncement = async (
  url: string,
  { hasConsole, hasMail, ...parties }: AnnouncementOptions,
): Promise<string> => {
  const table = createRows(url, { hasConsole, hasMail }).map(([name, address]) => `  ${name.padEnd(10)} ${address}`);
  return ['', 'Plinth is running.', '', ...table, '', ...(await createFirstRequest(url, parties)), '', ''].join('\n');
};
