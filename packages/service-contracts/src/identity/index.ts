export { identityErrors } from './errors.ts';
export { identitiesEvents, linksEvents, sessionsEvents } from './events.ts';
export { identitiesContract } from './identities.ts';
export { sessionsContract } from './sessions.ts';
