import { inject } from 'vitest';

// Workers are numbered from 1.
process.env['MONGODB_URI'] = inject('mongodbUris')[Number(process.env['VITEST_POOL_ID'] ?? 1) - 1];
