import { StartupError } from '@plinth/data-kit';
import type { FastifyPluginAsync } from 'fastify';
import { isLocal } from '../local-client.ts';
import { type DemoUser, demoUsers } from './users.ts';

type DemoSettings = { readonly DEMO_DATA: boolean; readonly NODE_ENV: string };

/** Every client on this machine can read the tokens: never in production, even with `ALLOW_INSECURE`. */
export const hasDemoAccounts = ({ DEMO_DATA, NODE_ENV }: DemoSettings): boolean =>
  DEMO_DATA && NODE_ENV !== 'production';

/** Serves the demo users, each with a token, to the sign-in page of the console. For development only: no client has to sign in for it. */
export const serveDemoAccounts =
  (createToken: (user: DemoUser) => Promise<string>): FastifyPluginAsync =>
  async (app) => {
    const toAccount = async (user: DemoUser) => ({
      id: user.id,
      tenantId: user.tenantId,
      organization: user.organization,
      role: user.role,
      name: user.name,
      token: await createToken(user),
    });
    app.get('/demo/accounts', { config: { operational: true } }, async (request, reply) => {
      if (!isLocal(request)) return reply.callNotFound();
      try {
        return { accounts: await Promise.all(demoUsers.map(toAccount)) };
      } catch (error) {
        // There is no development key on this machine.
        if (error instanceof StartupError) return reply.callNotFound();
        throw error;
      }
    });
  };
