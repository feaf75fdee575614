import * as actions from '@plinth/actions/identity';
import { sendSignUpLink, warnOfReuse } from '@plinth/actions/identity/consumers';
import { sessionEnded } from '@plinth/contract-kit';
import { defineConsumer } from '@plinth/data-kit';
import { identities, links, sessions } from '@plinth/models/identity';
import {
  identitiesContract,
  identitiesEvents,
  linksEvents,
  sessionsContract,
  sessionsEvents,
} from '@plinth/service-contracts/identity';
import { defineModule } from '@plinth/service-kit';
import { type IdentityPorts, openLocalPorts, openPorts } from './open-ports.ts';
import { identitySettings, messageSettings } from './settings.ts';

export const identityModule = defineModule({
  name: 'identity',
  contracts: [identitiesContract, sessionsContract],
  events: [identitiesEvents, linksEvents, sessionsEvents, { sessionEnded }],
  collections: { identities, links, sessions },
  actions,
  localPorts: {
    settings: identitySettings,
    open: (config: Parameters<typeof openLocalPorts>[0]): Promise<IdentityPorts> => openLocalPorts(config),
  },
  ports: { settings: messageSettings, open: openPorts },
  consumers: [
    defineConsumer({ name: 'send-sign-up-link', events: [linksEvents.signUpRequested], handle: sendSignUpLink }),
    defineConsumer({ name: 'warn-of-reuse', events: [sessionsEvents.refreshTokenReused], handle: warnOfReuse }),
  ],
  tokenIssuer: {
    changedBy: [],
    listKeys:
      ({ publicKey }) =>
      async () => [publicKey],
  },
});
