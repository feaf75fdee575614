import type { Links } from '@plinth/contracts/identity';
import { type Collection, type Ctx, type Mail, toMailContent } from '@plinth/data-kit';
import type { IdentityDocument } from '@plinth/models/identity';

type Deps = { identities: Collection<IdentityDocument, 'find'>; pages: Links; mail: Mail };

type RefreshTokenReused = { readonly id: string; readonly payload: { readonly identityId: string } };

/** Tells the owner of an account that one of their sessions has been ended. */
export const warnOfReuse =
  ({ identities, pages, mail }: Deps) =>
  async ({ id: key, payload: { identityId } }: RefreshTokenReused, ctx: Ctx): Promise<void> => {
    const identity = await identities.for(ctx).find({ _id: identityId });
    if (!identity) return;
    const content = toMailContent({
      subject: 'One of your sessions was ended',
      paragraphs: [
        'A token of one of your sessions was used twice. It may have been copied, so the session was ended, and whoever has the token can no longer use it.',
        'Sign in again. If this happens more than once, look for programs on your device that you do not know.',
      ],
      link: { label: 'Sign in', url: pages.toSignIn() },
    });
    await mail.send({ to: identity.email, key, ...content });
  };
