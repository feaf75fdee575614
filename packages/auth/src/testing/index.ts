export { anIssuer, type Issuer } from './issuer.ts';
