/** The URL of the API: that of the page, or `VITE_API_URL` of the build where another host serves the page. */
export const apiUrl: string = import.meta.env['VITE_API_URL'] ?? location.origin;
