import type { Links, LinkTokens } from '@plinth/contracts/identity';
import { type Collection, type Ctx, type Mail, type MailContent, toMailContent } from '@plinth/data-kit';
import type { IdentityDocument, LinkDocument } from '@plinth/models/identity';

type Deps = {
  links: Collection<LinkDocument, 'find'>;
  identities: Collection<IdentityDocument, 'find'>;
  linkTokens: LinkTokens;
  pages: Links;
  mail: Mail;
};

type SignUpRequested = { readonly id: string; readonly payload: { readonly linkId: string } };

const toInvitation = (url: string): MailContent =>
  toMailContent({
    subject: 'Verify your e-mail address',
    paragraphs: [
      'You have signed up with this e-mail address. Open the link to verify it and to choose a password. It works once, for a day.',
      'If it was not you, ignore this message: nothing happens without the link.',
    ],
    link: { label: 'Verify the address', url },
  });

const toReminder = (url: string): MailContent =>
  toMailContent({
    subject: 'You already have an account',
    paragraphs: [
      'Someone has signed up with this e-mail address, which has an account. If it was you, sign in.',
      'If it was not you, ignore this message: your account is as it was.',
    ],
    link: { label: 'Sign in', url },
  });

/** Sends the message that a sign-up causes. Nothing is sent when the link was used before. */
export const sendSignUpLink =
  ({ links, identities, linkTokens, pages, mail }: Deps) =>
  async ({ id: key, payload: { linkId } }: SignUpRequested, ctx: Ctx): Promise<void> => {
    const link = await links.for(ctx).find({ _id: linkId });
    if (!link) return;
    const { email: to } = link;
    const identity = await identities.for(ctx).find({ email: to });
    const content = identity
      ? toReminder(pages.toSignIn())
      : toInvitation(pages.toVerification(linkTokens.create(linkId)));
    await mail.send({ to, key, ...content });
  };
