import type { IdentitiesService } from '@plinth/contracts/identity';
import type { Collection, Events } from '@plinth/data-kit';
import type { LinkDocument } from '@plinth/models/identity';
import { linksEvents } from '@plinth/service-contracts/identity';

type Deps = { links: Collection<LinkDocument, 'insert'>; events: Events };

/** Does the same for every address. Whether it has an identity decides the message, which only its owner reads. */
export const signUp =
  ({ links, events }: Deps): IdentitiesService['signUp'] =>
  async ({ body: { email } }, ctx) => {
    const link = links.for(ctx).insert({ purpose: 'sign-up', email });
    events.emit(ctx, linksEvents.signUpRequested, { linkId: link._id });
  };
