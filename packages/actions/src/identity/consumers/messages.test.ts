import { expect, it } from 'vitest';
import { createWorld } from '../test/world.ts';
import { sendSignUpLink, warnOfReuse } from './index.ts';

const email = 'ada@acme.example';

type Requested = { readonly id: string; readonly payload: { readonly linkId: string } };

it('sends a link to a new address, whose token verifies it', async () => {
  const { deps, sent, ctx, signUp, verify, db } = createWorld();
  await signUp(email);
  const [{ id, payload }] = db.emitted() as unknown as [Requested];
  await sendSignUpLink(deps)({ id, payload }, ctx());
  expect(sent).toMatchObject([{ to: email, key: id, subject: 'Verify your e-mail address' }]);
  const [, token = ''] = /#(\S+)/.exec(sent[0]!.text) ?? [];
  await verify(token);
  expect(db.identities.all()).toMatchObject([{ email }]);
});

it('sends no link to an address that has an account, and says so to its owner', async () => {
  const { deps, sent, ctx, openSession, signUp, db } = createWorld();
  await openSession();
  await signUp(email.toUpperCase());
  const { id, payload } = db.emitted().at(-1) as unknown as Requested;
  await sendSignUpLink(deps)({ id, payload }, ctx());
  expect(sent).toMatchObject([{ subject: 'You already have an account' }]);
  expect(sent[0]!.text).not.toContain('#');
});

it('sends nothing for a link that was used before', async () => {
  const { deps, sent, ctx, openSession, db } = createWorld();
  await openSession();
  const [{ id, payload }] = db.emitted() as unknown as [Requested];
  await sendSignUpLink(deps)({ id, payload }, ctx());
  expect(sent).toEqual([]);
});

it('warns the owner of a session that was ended, once for each event', async () => {
  const { deps, sent, ctx, openSession, db } = createWorld();
  await openSession();
  const identityId = db.identities.all()[0]!._id;
  await warnOfReuse(deps)({ id: 'event-1', payload: { identityId } }, ctx());
  expect(sent).toMatchObject([{ to: email, key: 'event-1', subject: 'One of your sessions was ended' }]);
  await warnOfReuse(deps)({ id: 'event-2', payload: { identityId: ctx().requestId } }, ctx());
  expect(sent).toHaveLength(1);
});
