export { sendSignUpLink } from './send-sign-up-link.ts';
export { warnOfReuse } from './warn-of-reuse.ts';
