// Error filter: of the log lines of a few services, those that report an error, without what is only noise.
// Shows: filter, map

import { collectSink, datagenSource, StreamExecutionEnvironment } from '@weir/sdk'

interface LogLine {
  service: string
  level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'
  message: string
}

const SERVICES = ['web', 'orders', 'payments', 'mail']
const MESSAGES = ['request served', 'connection reset by peer', 'disk almost full', 'health check', 'no such user']

const env = new StreamExecutionEnvironment('error-filter')

env
  .addSource(
    datagenSource<LogLine>({
      rowsPerSecond: 50,
      seed: 11,
      generator: (_index, random) => ({
        service: SERVICES[Math.floor(random() * 4)] as string,
        // One line in ten is an error.
        level: random() < 0.1 ? 'ERROR' : (['DEBUG', 'INFO', 'WARN'] as const)[Math.floor(random() * 3)]!,
        message: MESSAGES[Math.floor(random() * 5)] as string,
      }),
    }),
  )
  .name('log lines')
  .filter(line => line.level === 'ERROR' && line.message !== 'health check')
  .name('errors')
  .map(({ service, message }) => `${service}: ${message}`)
  .addSink(collectSink())
  .name('alerts')

export default env
