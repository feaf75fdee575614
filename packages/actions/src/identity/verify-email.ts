import type { IdentitiesService, LinkTokens, Passwords } from '@plinth/contracts/identity';
import type { Clock, Collection, Events } from '@plinth/data-kit';
import type { IdentityDocument, LinkDocument } from '@plinth/models/identity';
import { identitiesEvents, identityErrors } from '@plinth/service-contracts/identity';

type Deps = {
  links: Collection<LinkDocument, 'find' | 'remove'>;
  identities: Collection<IdentityDocument, 'insert'>;
  linkTokens: LinkTokens;
  passwords: Passwords;
  events: Events;
  clock: Clock;
};

const linkLifetimeMs = 24 * 60 * 60 * 1000;

/** Creates an identity. The link is removed by the same commit, so it works once. */
export const verifyEmail =
  ({ links, identities, linkTokens, passwords, events, clock }: Deps): IdentitiesService['verifyEmail'] =>
  async ({ body: { token, password } }, ctx) => {
    const id = linkTokens.read(token);
    const link = id === undefined ? undefined : await links.for(ctx).find({ _id: id });
    if (!link || clock.now().getTime() - link.createdAt.getTime() > linkLifetimeMs) throw identityErrors.linkInvalid();
    if (passwords.isCommon(password)) throw identityErrors.commonPassword();
    links.for(ctx).remove(link, identityErrors.linkInvalid());
    const passwordHash = await passwords.hash(password);
    const { _id: identityId } = identities.for(ctx).insert({ email: link.email, passwordHash });
    events.emit(ctx, identitiesEvents.identityCreated, { identityId });
  };
