export { refreshSession } from './refresh-session.ts';
export { endSession, listSessions, signOut } from './sessions.ts';
export { signIn } from './sign-in.ts';
export { signUp } from './sign-up.ts';
export { verifyEmail } from './verify-email.ts';
