import { type KeyedRequest, sendUntilHandled } from './requests.ts';
import type { Service } from './service.ts';

/** True for the size that takes minutes. */
export const isHeavy: boolean = process.env['PLINTH_HEAVY'] === '1';

/** Creates a request that creates the user `name`. */
export const createUserRequest = (name: string): KeyedRequest => ({
  method: 'POST',
  path: '/v1/users',
  key: `create ${name}`,
  body: { name: `User ${name}`, email: toEmail(name), role: 'member' },
});

/** Creates a user. @returns the path of the user. */
export const addUser = async (service: Service, name: string): Promise<string> => {
  const { response } = await sendUntilHandled(service, createUserRequest(name));
  if (response.location === null) throw new Error(`'${name}' was not created: ${response.status} ${response.body}`);
  return response.location;
};

const toEmail = (name: string): string => `${name}@test.example`;

/** Returns the emails in the bodies of requests. */
export const getEmails = (requests: readonly KeyedRequest[]): string[] =>
  requests.map(({ body }) => (body as { email: string }).email);

/** Returns the emails of all users that requests have created; the owner who sends them is stored otherwise. */
export const listStoredEmails = async (service: Service): Promise<string[]> =>
  (await service.stored('users').all()).filter(({ _id }) => _id !== service.ownerId).map(({ email }) => String(email));

type Stored = Readonly<Record<string, unknown>>;

/** Returns the stored users with the email of `name`. */
export const findUsersNamed = async (service: Service, name: string): Promise<Stored[]> =>
  (await service.stored('users').all()).filter(({ email }) => email === toEmail(name));

/** Returns the idempotency keys in the journal rows of an operation; the row of a refusal has none. */
export const listJournalKeys = async (service: Service, operation: string): Promise<string[]> => {
  const rows = await service.stored('journal').all();
  const succeeded = rows.filter((row) => row['operation'] === operation && row['key'] !== undefined);
  // The subject and the operation are stored in front of the key.
  return succeeded.map((row) => String(row['key']).split(' ').slice(2).join(' '));
};
