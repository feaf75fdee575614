/** The update that makes a dead message ready again, with no attempts. */
export const toRetry = () => ({ $set: { state: 'ready' as const, attempts: 0 }, $unset: { endedAt: true as const } });

/** The update that ends a dead message without its effect. */
export const toDrop = (at: Date) => ({ $set: { state: 'done' as const, endedAt: at } });
