/** A consumer that handles no messages until an operator resumes it. */
export type Pause = { readonly consumer: string; readonly pausedAt: Date };

/** The paused consumers of a module, for **every tenant**: for workers and operators only, never for actions. */
export type Pauses = {
  /** Returns the paused consumers, by their names. */
  list(): Promise<Pause[]>;
  /** Workers obey within about a second: they begin with no further message, and end those in hand. Returns false when it is paused already. */
  pause(consumer: string): Promise<boolean>;
  /** Returns false when the consumer is not paused. */
  resume(consumer: string): Promise<boolean>;
};
