export { createTestIssuer, type Issuer } from './issuer.ts';
