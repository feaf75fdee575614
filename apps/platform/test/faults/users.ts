import { type KeyedRequest, sendUntilAnswered } from './requests.ts';
import type { Service } from './service.ts';

/** Whether the proofs run in the size that takes minutes. */
export const isHeavy: boolean = process.env['PLINTH_HEAVY'] === '1';

/** A request that adds the person `name`, whom nobody has added yet. */
export const createUserRequest = (name: string): KeyedRequest => ({
  method: 'POST',
  path: '/v1/users',
  key: `create ${name}`,
  body: { name: `Person ${name}`, email: emailOf(name), role: 'member' },
});

/** A person whom a request can be about. @returns their path. */
export const addUser = async (service: Service, name: string): Promise<string> => {
  const { response } = await sendUntilAnswered(service, createUserRequest(name));
  if (response.location === null) throw new Error(`'${name}' was not added: ${response.status} ${response.body}`);
  return response.location;
};

const emailOf = (name: string): string => `${name}@test.example`;

/** The addresses that requests want. */
export const getEmails = (requests: readonly KeyedRequest[]): string[] =>
  requests.map(({ body }) => (body as { email: string }).email);

/** The address of everybody who is stored. */
export const listStoredEmails = async (service: Service): Promise<string[]> =>
  (await service.stored('users').all()).map(({ email }) => String(email));

type Stored = Readonly<Record<string, unknown>>;

/** What is stored of the people called `name`. */
export const findUsersNamed = async (service: Service, name: string): Promise<Stored[]> =>
  (await service.stored('users').all()).filter(({ email }) => email === emailOf(name));

/** The receipts of an operation that succeeded, with the keys that clients chose. */
export const listJournalKeys = async (service: Service, operation: string): Promise<string[]> => {
  const rows = await service.stored('journal').all();
  const own = rows.filter(
    (row) => row['operation'] === operation && (row['answer'] as { status: number }).status < 300,
  );
  // A key is stored with its subject and operation before it.
  return own.map((row) => String(row['key']).split(' ').slice(2).join(' '));
};
