import type { UsersService } from '@plinth/contracts/users';

type Operation = keyof UsersService;
type Input<O extends Operation> = Parameters<UsersService[O]>[0];
type CreateInput = Input<'createUser'>['body'];
type Reference = { readonly id: string };
type Versioned = Reference & { readonly version: number };

/** Runs an operation: on the fake in tests of actions, by HTTP in tests of the service. */
export type Call<R extends Readonly<Record<Operation, unknown>>, Options> = <O extends Operation>(
  operation: O,
  input: Input<O>,
  options?: Options,
) => Promise<R[O]>;

let created = 0;

/** Creates a valid body of `createUser` with a unique name and email. */
export const createUserInput = (overrides: Partial<CreateInput> = {}): CreateInput => {
  created += 1;
  return { name: `User ${created}`, email: `User-${created}@test.example`, role: 'member', ...overrides };
};

/** Creates functions that call the operations on users, for tests. A change is based on the version of the user that it receives. */
export const createUserOperations = <R extends Readonly<Record<Operation, unknown>>, Options>(
  call: Call<R, Options>,
) => ({
  createUser: (body?: Partial<CreateInput>, options?: Options) =>
    call('createUser', { body: createUserInput(body) }, options),
  getUser: ({ id }: Reference, options?: Options) => call('getUser', { id }, options),
  getMe: (options?: Options) => call('getMe', {}, options),
  updateUser: ({ id, version }: Versioned, body: Input<'updateUser'>['body'], options?: Options) =>
    call('updateUser', { id, version: [version], body }, options),
  deleteUser: ({ id, version }: Versioned, options?: Options) =>
    call('deleteUser', { id, version: [version] }, options),
  changeRole: ({ id, version }: Versioned, role: CreateInput['role'], options?: Options) =>
    call('changeRole', { id, version: [version], body: { role } }, options),
  suspendUser: ({ id }: Reference, options?: Options) => call('suspendUser', { id }, options),
  reactivateUser: ({ id }: Reference, options?: Options) => call('reactivateUser', { id }, options),
  restoreUser: ({ id }: Reference, options?: Options) => call('restoreUser', { id }, options),
  eraseUser: ({ id }: Reference, options?: Options) => call('eraseUser', { id }, options),
});
