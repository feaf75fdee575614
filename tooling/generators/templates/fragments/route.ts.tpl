approveDemoItem: defineRoute({
  method: 'POST',
  path: '/v1/demo-items/:id/approval',
  summary: 'Approve a demo item',
  description: 'When another request changes the demo item at the same time, one of the two is refused.',
  auth: { policy: 'demo-items:write' },
  params: DemoItemParams,
  responses: { 200: DemoItem },
  errors: [commonErrors.conflict],
})
