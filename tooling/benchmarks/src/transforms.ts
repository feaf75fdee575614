import { type RouteSpec } from '@plinth/contract-kit';
import { type Ctx, type Cursors, createJournalChanges, toJournalRow } from '@plinth/data-kit';
import { CreateUser, ListUsersQuery } from '@plinth/dtos/users';
import { toUser, type UserDocument, users } from '@plinth/models/users';
import { usersContract } from '@plinth/service-contracts/users';
import { makeUsers } from './data.ts';

/** Work without I/O that requests do: what it is, and one round of it. */
export type Transform = { readonly name: string; readonly run: () => unknown };

type Encode = (answer: unknown) => string;
type EncodeModule = { readonly createSerializer: (route: RouteSpec, mode: 'compiled') => Encode };
type KeyModule = { readonly toFingerprint: (request: { readonly url: string; readonly body: unknown }) => string };
type CursorModule = { readonly createSignedCursors: (secret: string) => Cursors };

/** Nobody else needs these, so the packages do not export them. */
const internal = (path: string): Promise<unknown> =>
  import(new URL(`../../../packages/${path}`, import.meta.url).href) as Promise<unknown>;

const { createUser, getUser, listUsers } = usersContract.routes;

const documents = makeUsers().slice(0, 20) as UserDocument[];
const [document] = documents as [UserDocument];

const ctx: Ctx = {
  actor: { kind: 'user', id: document._id, tenantId: document.tenantId, roles: ['owner'] },
  tenantId: document.tenantId,
  requestId: document._id,
  trace: { traceId: document._id.replaceAll('-', ''), spanId: '00f067aa0ba902b7', sampled: false },
  deadline: Number.POSITIVE_INFINITY,
  signal: new AbortController().signal,
};

const body = { name: 'Ada Lovelace', email: 'Ada.Lovelace@acme.example', role: 'member', extra: 'dropped' };
const query = { role: 'member', 'createdAt[gte]': '2026-01-31T09:30:00.000Z', sort: '-createdAt', limit: '20' };

const answers = async (): Promise<Transform[]> => {
  const { createSerializer } = (await internal('service-kit/src/http/serialize.ts')) as EncodeModule;
  const encodeUser = createSerializer(getUser, 'compiled');
  const encodePage = createSerializer(listUsers, 'compiled');
  const user = toUser(document);
  return [
    { name: 'document → answer', run: () => toUser(document) },
    { name: 'answer → JSON', run: () => encodeUser(user) },
    {
      name: '20 documents → a page as JSON',
      run: () => encodePage({ items: documents.map(toUser), nextCursor: null }),
    },
  ];
};

const writes = async (): Promise<Transform[]> => {
  const { toFingerprint } = (await internal('service-kit/src/http/idempotency.ts')) as KeyModule;
  const journal = createJournalChanges(users);
  const parts = { clock: { now: () => document.createdAt }, ids: { next: () => document._id } };
  const answer = { status: 201, headers: {}, body: JSON.stringify(toUser(document)) };
  const idempotency = { key: 'k', fingerprint: 'f', toResponse: () => answer };
  const metadata = { operation: 'createUser', idempotency };
  const request = { url: createUser.path, body };
  return [
    {
      name: 'journal row of an insert, redacted',
      run: () =>
        toJournalRow(
          ctx,
          { changes: [journal.inserted(document)], events: [] },
          { ...parts, metadata, result: answer },
        ),
    },
    {
      name: 'journal row of an update, redacted',
      run: () => {
        const changes = [journal.updated(document, document, { $set: { name: document.name } })];
        return toJournalRow(ctx, { changes, events: [] }, { ...parts, metadata, result: answer });
      },
    },
    { name: 'fingerprint of a keyed call', run: () => toFingerprint(request) },
  ];
};

const cursors = async (): Promise<Transform[]> => {
  const { createSignedCursors } = (await internal('mongo/src/collections/signed-cursors.ts')) as CursorModule;
  const { encode, decode } = createSignedCursors('a secret of more than thirty-two characters');
  const position = { value: document.createdAt, id: document._id };
  const scope = { collection: 'users', tenantId: document.tenantId, where: { role: 'member' }, sort: '-createdAt' };
  const cursor = encode(position, scope);
  return [
    { name: 'position → cursor', run: () => encode(position, scope) },
    { name: 'cursor → position', run: () => decode(cursor, scope) },
  ];
};

/** What the hot path does beside I/O, on the data of the benchmark. */
export const transforms = async (): Promise<Transform[]> => [
  ...(await answers()),
  { name: 'body validated', run: () => CreateUser.parse(body) },
  { name: 'query validated', run: () => ListUsersQuery.parse(query) },
  ...(await writes()),
  ...(await cursors()),
];
