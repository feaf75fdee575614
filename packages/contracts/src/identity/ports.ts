/** Hashes passwords, in other threads. */
export type Passwords = {
  /** True for the 3,000 most common passwords, in any case. */
  isCommon(password: string): boolean;
  hash(password: string): Promise<string>;
  /**
   * Compares a password with a hash. Without a hash it takes as long and the result is false, so that the time does not say whether an
   * account exists. `needsRehash`: the hash has weaker parameters than new ones.
   */
  verify(
    password: string,
    hash: string | undefined,
  ): Promise<{ readonly isValid: boolean; readonly needsRehash: boolean }>;
};

/** The tokens in the links of messages. A token is derived from the id of its link, and stored nowhere. */
export type LinkTokens = {
  create(linkId: string): string;
  /** Returns the id of the link, or undefined when the token was not created here. */
  read(token: string): string | undefined;
};

/** The secrets of refresh tokens: 256 bits each, a random one and its successors, which only the deployment can compute. */
export type RefreshSecrets = {
  create(): string;
  /** Returns the successor after so many steps; 0 returns the secret itself. */
  advance(secret: string, steps: number): string;
  /** Returns the hash that is stored. */
  hash(secret: string): string;
};

export type AccessTokenSubject = { readonly identityId: string; readonly sessionId: string };

/** Signs access tokens of identities that have chosen no organization. */
export type AccessTokens = {
  sign(subject: AccessTokenSubject): Promise<{ readonly token: string; readonly expiresAt: Date }>;
};

/** Creates the addresses of the pages to which messages lead. */
export type Links = { toVerification(token: string): string; toSignIn(): string };
