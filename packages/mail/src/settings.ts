import { text, url } from '@plinth/config';

const isServerOnly = (value: string): boolean => {
  if (!URL.canParse(value)) return false;
  const { pathname, search, hash } = new URL(value);
  return ['', '/'].includes(pathname) && search + hash === '';
};

const address = String.raw`[^\s<>@",;:()\\]{1,64}@[A-Za-z0-9.-]{1,253}`;
const name = String.raw`[^\p{Cc}<>@",;:()[\]\\]{1,64}`;

/** The settings of a worker that runs a module which sends mail. */
export const mailSettings = {
  MAIL_URL: url('smtp', 'smtps').refine(isServerOnly, 'has a path or parameters').optional().meta({
    description:
      'The mail server. smtps:// is TLS from the start; smtp:// is STARTTLS, without which production sends nothing. Without it, a worker that sends mail does not start in production, and elsewhere keeps messages in MAIL_DIR.',
    expects: 'a URL such as smtps://user:password@host:465',
    isSecret: true,
  }),
  MAIL_FROM: text(new RegExp(`^(?:${name} <${address}>|${address})$`, 'u'))
    .optional()
    .meta({
      description:
        'The sender of all mail. Its domain should have SPF, DKIM and DMARC records. Production requires it.',
      expects: 'an address, or a name and an address as in Plinth <no-reply@example.com>',
      example: 'Plinth <no-reply@example.com>',
    }),
  MAIL_DIR: text(/^\//).optional().meta({
    description:
      'For development: the folder that keeps the last 100 messages while there is no MAIL_URL. The platform shows them at /dev/mail.',
    expects: 'an absolute path',
    example: '/repo/.data/mail',
  }),
};
