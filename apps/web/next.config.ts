import type { NextConfig } from 'next'

/** Headers that hold for every answer; the Content-Security-Policy has a nonce and so is made for each page in proxy.ts. */
const HEADERS = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  // The address of a login link holds its secret.
  { key: 'Referrer-Policy', value: 'no-referrer' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  {
    key: 'Permissions-Policy',
    value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), browsing-topics=()',
  },
]

const config: NextConfig = {
  // `npx tsc` checks types; TypeScript 7 has no interface that the build could use.
  typescript: { ignoreBuildErrors: true },
  transpilePackages: ['@weir/proto', '@weir/engine'],
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  experimental: {
    // An uploaded job file or sample of up to 32 MB, and its envelope.
    proxyClientMaxBodySize: '40mb',
    proxyTimeout: 600_000,
  },
  async headers() {
    return [{ source: '/:path*', headers: HEADERS }]
  },
}
export default config
