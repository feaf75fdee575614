export { IdentityDocument, identities } from './identity.ts';
export { LinkDocument, links } from './link.ts';
export { SessionDocument, sessions, toSession } from './session.ts';
