export const userExample = {
  id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d',
  version: 1,
  name: 'Ada Lovelace',
  email: 'ada@acme.example',
  role: 'member',
  status: 'active',
  createdAt: '2026-01-31T09:30:00.000Z',
  updatedAt: '2026-01-31T09:30:00.000Z',
} as const;
