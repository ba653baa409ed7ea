import type { NextConfig } from 'next'

const config: NextConfig = {
  output: undefined,
  typescript: { ignoreBuildErrors: true },
}
export default config
