import { fileURLToPath } from 'node:url';

const projectRoot = fileURLToPath(new URL('.', import.meta.url));

/** What every answer says. The policy of pages changes with each of them: proxy.ts adds it. */
const everywhere = {
  'X-Content-Type-Options': 'nosniff',
  // Addresses name tasks, customers and searches: other sites learn of none.
  'Referrer-Policy': 'same-origin',
  'Permissions-Policy':
    'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // For browsers that do not know frame-ancestors.
  'X-Frame-Options': 'DENY',
};
/** Answers that are data: shown as a page, they load and run nothing. */
const ofData = { 'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'" };
const listed = (headers) => Object.entries(headers).map(([key, value]) => ({ key, value }));

/** @type {import('next').NextConfig} */
const nextConfig = {
  poweredByHeader: false,
  // Arguments of server actions are what people typed, passwords among them: they stay out of the log.
  logging: { serverFunctions: false },
  reactStrictMode: true,
  // Packages that must run as plain Node modules on the server.
  serverExternalPackages: ['postgres', 'ioredis', 'bullmq', 'knex', 'pino', 'prom-client', 're2js'],
  outputFileTracingRoot: projectRoot,
  turbopack: {
    root: projectRoot,
    // The form library brings a reader of Markdown, which no form of ours uses: a third of what a form loads.
    resolveAlias: { 'markdown-to-jsx/react': './components/task-form/plain-markdown.tsx' },
  },
  // forbidden() answers with the real status 403.
  experimental: { authInterrupts: true },
  // Titles come with the page, not after it: they are read with the same query, and a page is never without one.
  htmlLimitedBots: /.*/,
  // Another directory lets a second build or server work beside a running one.
  distDir: process.env.BATON_DIST_DIR ?? '.next',
  // Asked for by browsers on their own, on pages that name no icon.
  rewrites: () => Promise.resolve([{ source: '/favicon.ico', destination: '/icon.svg' }]),
  headers: () =>
    Promise.resolve([
      { source: '/:path*', headers: listed(everywhere) },
      { source: '/api/:path*', headers: listed(ofData) },
    ]),
  // `npm run check:types` does this, once and for all files.
  typescript: { ignoreBuildErrors: true },
};

export default nextConfig;
