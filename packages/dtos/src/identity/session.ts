import { defineListQuery, definePage, Id, resourceExample, resourceFields, secret } from '@plinth/contract-kit';
import { z } from 'zod';
import { RefreshToken } from './identity.ts';

export const SessionId = Id.meta({ id: 'SessionId', description: 'The id of a session: one sign-in of an identity.' });

const exampleTime = '2026-01-31T09:30:00.000Z';

export const Session = z
  .object({
    id: SessionId,
    ...resourceFields,
    lastUsedAt: z.iso.datetime().describe('The time of the sign-in, or of the last refresh.'),
    endsAt: z.iso.datetime().describe('The session ends then at the latest, or 30 days after its last use.'),
  })
  .meta({
    id: 'Session',
    examples: [{ ...resourceExample, lastUsedAt: exampleTime, endsAt: '2026-05-01T09:30:00.000Z' }],
  });
export type Session = z.infer<typeof Session>;

export const SessionPage = definePage(Session);

export const SessionParams = z.object({ id: SessionId });

export const ListSessionsQuery = defineListQuery({
  item: Session,
  filters: {},
  ranges: {},
  combinations: [{ sort: ['-createdAt', 'createdAt'] }],
});

export const SessionTokens = z
  .object({
    id: SessionId,
    accessToken: secret(z.string()).describe('Send it as `Authorization: Bearer <accessToken>`.'),
    accessTokenExpiresAt: z.iso.datetime().describe('Refresh the session before then.'),
    refreshToken: RefreshToken,
  })
  .meta({
    id: 'SessionTokens',
    examples: [
      {
        id: resourceExample.id,
        accessToken: 'eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl',
        accessTokenExpiresAt: exampleTime,
        refreshToken: `${resourceExample.id}.0.${'A'.repeat(43)}`,
      },
    ],
  });
export type SessionTokens = z.infer<typeof SessionTokens>;

export const SignOut = z
  .object({
    scope: z.enum(['session', 'identity']).describe('The session of the token, or all sessions of the identity.'),
  })
  .meta({ id: 'SignOut', examples: [{ scope: 'session' }] });
